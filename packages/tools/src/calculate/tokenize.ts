import { CalculationError } from './calculation-error.js';

export type Punctuation = '+' | '-' | '*' | '/' | '%' | '^' | '(' | ')' | ',';

/** `position` counts characters from 1, as people do. */
export type Token =
  | { type: 'number'; value: number; position: number }
  | { type: 'name'; name: string; position: number }
  | { type: 'symbol'; symbol: Punctuation; position: number }
  | { type: 'end'; position: number };

const SYMBOLS: ReadonlyMap<string, Punctuation> = new Map<string, Punctuation>([
  ['+', '+'],
  ['-', '-'],
  ['*', '*'],
  ['/', '/'],
  ['%', '%'],
  ['^', '^'],
  ['(', '('],
  [')', ')'],
  [',', ','],
  // How people and models write them.
  ['−', '-'],
  ['×', '*'],
  ['·', '*'],
  ['÷', '/'],
]);

const SPACE = /\s+/y;
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const NAME = /[a-zA-Z_][a-zA-Z0-9_]*|π/y;

/** @throws CalculationError naming the first character that belongs to no token. */
export function tokenize(expression: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < expression.length) {
    at += match(SPACE, expression, at).length;
    if (at === expression.length) break;
    const [token, length] = tokenAt(expression, at);
    tokens.push(token);
    at += length;
  }
  tokens.push({ type: 'end', position: expression.length + 1 });
  return tokens;
}

function tokenAt(expression: string, at: number): [Token, number] {
  const position = at + 1;
  const number = match(NUMBER, expression, at);
  if (number !== '') return [numberToken(number, position), number.length];
  const name = match(NAME, expression, at);
  if (name !== '') return [{ type: 'name', name: name.toLowerCase(), position }, name.length];
  // `**` is a power in many languages.
  if (expression.startsWith('**', at)) return [{ type: 'symbol', symbol: '^', position }, 2];
  const character = String.fromCodePoint(expression.codePointAt(at) ?? 0);
  const symbol = SYMBOLS.get(character);
  if (!symbol) throw new CalculationError(`Unexpected character "${character}"`, position);
  return [{ type: 'symbol', symbol, position }, 1];
}

function numberToken(text: string, position: number): Token {
  const value = Number(text);
  if (!Number.isFinite(value)) throw new CalculationError(`The number ${text} is too large`, position);
  return { type: 'number', value, position };
}

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}
