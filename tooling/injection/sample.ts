/** A text of a public set. */
export interface Sample {
  /** The row of the report that it counts in. */
  family: string;
  /** Whether it is an attack; else something is found in it by mistake. */
  isAttack: boolean;
  /** As the guardrail meets it: what a user wrote, or what a tool answered. */
  on: 'input' | 'tool_output';
  text: string;
}
