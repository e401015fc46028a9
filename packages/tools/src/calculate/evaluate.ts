import { CalculationError } from './calculation-error.js';
import type { BinaryOperator, Expression } from './expression.js';
import { constants, functions } from './functions.js';
import { parseExpression } from './parse-expression.js';

/** @throws CalculationError for a name that is not known, a division by zero, or a result that is no finite number. */
export function evaluate(text: string): number {
  const result = compute(parseExpression(text));
  return Object.is(result, -0) ? 0 : result;
}

function compute(expression: Expression): number {
  switch (expression.type) {
    case 'number':
      return expression.value;
    case 'constant':
      return constantValue(expression.name, expression.position);
    case 'negate':
      return -compute(expression.operand);
    case 'binary':
      return binaryValue(expression.operator, compute(expression.left), compute(expression.right), expression.position);
    case 'call':
      return callValue(expression.name, expression.args, expression.position);
  }
}

function constantValue(name: string, position: number): number {
  const value = constants.get(name);
  if (value !== undefined) return value;
  const message = functions.has(name)
    ? `${name} is a function and needs arguments: ${name}(...)`
    : `Unknown name "${name}" (known: ${[...constants.keys()].join(', ')})`;
  throw new CalculationError(message, position);
}

function binaryValue(operator: BinaryOperator, left: number, right: number, position: number): number {
  if ((operator === '/' || operator === '%') && right === 0) throw new CalculationError('Division by zero', position);
  return finite(apply(operator, left, right), `${left} ${operator} ${right}`, position);
}

function apply(operator: BinaryOperator, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
    case '^':
      return left ** right;
  }
}

function callValue(name: string, args: readonly Expression[], position: number): number {
  const called = functions.get(name);
  if (!called) {
    throw new CalculationError(`Unknown function "${name}" (known: ${[...functions.keys()].join(', ')})`, position);
  }
  if (args.length < called.min || args.length > called.max) {
    const wanted = called.min === called.max ? `${called.min}` : `${called.min} to ${called.max}`;
    throw new CalculationError(`${name} takes ${wanted} argument(s), not ${args.length},`, position);
  }
  const values = args.map(compute);
  return finite(called.apply(...values), `${name}(${values.join(', ')})`, position);
}

function finite(value: number, what: string, position: number): number {
  if (Number.isNaN(value)) throw new CalculationError(`${what} has no real value`, position);
  if (!Number.isFinite(value)) throw new CalculationError(`${what} is too large`, position);
  return value;
}
