import { LIMIT_NUMBERS, type LimitKey, type LimitNumber, type LimitNumbers } from '@troupe/contracts';

/** How each number is called where people read it. */
export const NUMBER_NAMES: Readonly<Record<LimitNumber, string>> = {
  rpm: 'rpm',
  tpm: 'tpm',
  input_tpm: 'input tpm',
  output_tpm: 'output tpm',
  rpd: 'rpd',
  max_concurrency: 'at once',
};

/** `openai/gpt-4o`, and the account where there is one. */
export function nameOfLimit({ provider, model, account }: LimitKey): string {
  return `${provider}/${model}${account === undefined ? '' : ` (account ${account})`}`;
}

/** `rpm 500, tpm 30,000` */
export function describeNumbers(limit: LimitNumbers): string {
  const given = LIMIT_NUMBERS.flatMap((name) => {
    const number = limit[name];
    return number === undefined ? [] : [`${NUMBER_NAMES[name]} ${readableNumber(number)}`];
  });
  return given.join(', ');
}

/** With commas between the thousands. */
export function readableNumber(number: number): string {
  return Math.floor(number).toLocaleString('en-US');
}
