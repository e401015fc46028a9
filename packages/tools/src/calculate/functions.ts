/** A function that expressions may call, with how many arguments it takes. */
export interface CalculatorFunction {
  min: number;
  max: number;
  apply(...args: number[]): number;
}

/** Numbers that `min` and `max` take at most. */
const MANY = 100;

/** Angles are in radians; `log` is to base 10 unless a second argument names another. */
export const functions: ReadonlyMap<string, CalculatorFunction> = new Map<string, CalculatorFunction>([
  ['abs', one(Math.abs)],
  ['ceil', one(Math.ceil)],
  ['cos', one(Math.cos)],
  ['exp', one(Math.exp)],
  ['floor', one(Math.floor)],
  ['ln', one(Math.log)],
  ['log', { min: 1, max: 2, apply: (x = Number.NaN, base = 10) => logarithm(x, base) }],
  ['max', { min: 1, max: MANY, apply: Math.max }],
  ['min', { min: 1, max: MANY, apply: Math.min }],
  ['round', { min: 1, max: 2, apply: (x = Number.NaN, digits = 0) => roundTo(x, digits) }],
  ['sin', one(Math.sin)],
  ['sqrt', one(Math.sqrt)],
  ['tan', one(Math.tan)],
]);

export const constants: ReadonlyMap<string, number> = new Map([
  ['e', Math.E],
  ['pi', Math.PI],
  ['π', Math.PI],
]);

function one(apply: (x: number) => number): CalculatorFunction {
  return { min: 1, max: 1, apply: (x = Number.NaN) => apply(x) };
}

/** `Math.log10` and `Math.log2` are exact where a quotient of logarithms is not: log(1000) is 3. */
function logarithm(x: number, base: number): number {
  if (base === 10) return Math.log10(x);
  if (base === 2) return Math.log2(x);
  return Math.log(x) / Math.log(base);
}

/** Half away from zero, as people round; shifting the decimal exponent keeps 1.005 at two digits 1.01. */
function roundTo(x: number, digits: number): number {
  if (!Number.isInteger(digits) || Math.abs(digits) > 15) return Number.NaN;
  const shifted = shift(Math.abs(x), digits);
  return Math.sign(x) * shift(Math.round(shifted), -digits);
}

function shift(x: number, digits: number): number {
  const [mantissa, exponent = '0'] = String(x).split('e');
  return Number(`${mantissa}e${Number(exponent) + digits}`);
}
