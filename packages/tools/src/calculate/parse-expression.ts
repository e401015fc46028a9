import { CalculationError } from './calculation-error.js';
import type { BinaryOperator, Expression } from './expression.js';
import { type Punctuation, type Token, tokenize } from './tokenize.js';

/** Beyond this an expression is an attack or an accident; it also bounds the recursion of parser and evaluator. */
const MAX_DEPTH = 100;

/** How tightly an operator binds; a higher one first. A sign binds between `*` and `^`: -2^2 is -4. */
const BINDING: Readonly<Record<BinaryOperator, number>> = { '+': 1, '-': 1, '*': 2, '/': 2, '%': 2, '^': 4 };
const SIGN_BINDING = 3;

/** A Pratt parser. @throws CalculationError saying what was expected and what stood there. */
export function parseExpression(text: string): Expression {
  const parser = new Parser(tokenize(text));
  return parser.parse();
}

class Parser {
  #next = 0;
  #depth = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  parse(): Expression {
    if (this.#peek().type === 'end') throw new CalculationError('The expression is empty');
    const expression = this.#expression(0);
    const rest = this.#peek();
    if (rest.type !== 'end') throw unexpected(rest, 'an operator');
    return expression;
  }

  /** An expression whose operators all bind more tightly than `binding`. */
  #expression(binding: number): Expression {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) {
      throw new CalculationError(`The expression is nested more than ${MAX_DEPTH} levels deep`);
    }
    let left = this.#operand();
    for (let operator = this.#operator(); operator; operator = this.#operator()) {
      if (BINDING[operator] <= binding) break;
      const { position } = this.#take();
      // Powers group from the right: 2^3^2 is 2^(3^2).
      const right = this.#expression(operator === '^' ? BINDING[operator] - 1 : BINDING[operator]);
      left = { type: 'binary', operator, left, right, position };
    }
    this.#depth -= 1;
    return left;
  }

  #operand(): Expression {
    const token = this.#take();
    if (token.type === 'number') return { type: 'number', value: token.value };
    if (token.type === 'name') return this.#named(token.name, token.position);
    if (isSymbol(token, '(')) return this.#parenthesised(token.position);
    if (isSymbol(token, '-')) return { type: 'negate', operand: this.#expression(SIGN_BINDING) };
    if (isSymbol(token, '+')) return this.#expression(SIGN_BINDING);
    throw unexpected(token, 'a number');
  }

  #named(name: string, position: number): Expression {
    const opening = this.#peek();
    if (!isSymbol(opening, '(')) return { type: 'constant', name, position };
    this.#take();
    return { type: 'call', name, args: this.#arguments(opening.position), position };
  }

  #arguments(opening: number): Expression[] {
    if (isSymbol(this.#peek(), ')')) {
      this.#take();
      return [];
    }
    const args = [this.#expression(0)];
    while (isSymbol(this.#peek(), ',')) {
      this.#take();
      args.push(this.#expression(0));
    }
    this.#close(opening);
    return args;
  }

  #parenthesised(opening: number): Expression {
    const inner = this.#expression(0);
    this.#close(opening);
    return inner;
  }

  #close(opening: number): void {
    const token = this.#take();
    if (isSymbol(token, ')')) return;
    if (token.type === 'end') throw new CalculationError('A parenthesis is not closed: it opens', opening);
    throw unexpected(token, 'an operator or ")"');
  }

  #operator(): BinaryOperator | undefined {
    const token = this.#peek();
    return token.type === 'symbol' && isOperator(token.symbol) ? token.symbol : undefined;
  }

  #peek(): Token {
    return this.tokens[this.#next] ?? { type: 'end', position: 0 };
  }

  #take(): Token {
    const token = this.#peek();
    this.#next += 1;
    return token;
  }
}

function isOperator(symbol: Punctuation): symbol is BinaryOperator {
  return symbol in BINDING;
}

function isSymbol(token: Token, symbol: Punctuation): boolean {
  return token.type === 'symbol' && token.symbol === symbol;
}

function unexpected(token: Token, expected: string): CalculationError {
  if (token.type === 'end') return new CalculationError(`The expression ends where ${expected} is expected`);
  const found = token.type === 'number' ? token.value : token.type === 'name' ? token.name : token.symbol;
  return new CalculationError(`Expected ${expected} but found "${found}"`, token.position);
}
