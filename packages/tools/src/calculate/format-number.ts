/** Digits that a double carries for certain; the rest is noise such as the ...04 of 0.1 + 0.2. */
const SIGNIFICANT_DIGITS = 15;

/** A number as a person would write it; exact integers keep all their digits. */
export function formatNumber(value: number): string {
  if (Number.isSafeInteger(value)) return String(value);
  return String(Number(value.toPrecision(SIGNIFICANT_DIGITS)));
}
