import type { ToolUse } from '@troupe/contracts';
import type { ToolChoice } from '@troupe/spec';

/** What a turn asks of its model. Tools are forced in the first turn of a run only: forced in each, it would never end. */
export function toolChoiceOfTurn(choice: ToolUse | undefined, turn: number): ToolChoice | undefined {
  if (choice === undefined || choice === 'auto') return undefined;
  if (choice === 'none') return 'none';
  if (turn > 1) return undefined;
  return choice === 'required' ? 'required' : { name: choice.tool };
}
