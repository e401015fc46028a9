export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '^';

/** A parsed expression. Positions point at what a person would blame: the operator, the name. */
export type Expression =
  | { type: 'number'; value: number }
  | { type: 'constant'; name: string; position: number }
  | { type: 'negate'; operand: Expression }
  | { type: 'binary'; operator: BinaryOperator; left: Expression; right: Expression; position: number }
  | { type: 'call'; name: string; args: Expression[]; position: number };
