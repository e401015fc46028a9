import { isTool, TOOL_CLASSES, type ToolName } from '../load/case-plan.js';
import type { ToolSend } from '../oracles/tool-send.js';
import type { CaseView, RunView } from './case-view.js';
import type { Evidence, ToolCallRow, Violation } from './evidence.js';

/** I6: a call of class effect is sent once at most, any call always with the same key, and results are of real sends. */
export function checkTools(view: CaseView): Violation[] {
  const found: Violation[] = [];
  const say = (what: string) => found.push({ invariant: 'I6', case: view.id, what });
  const rows = new Map(view.runs.flatMap(({ toolCalls }) => toolCalls.map((row) => [row.call, row])));
  const sends = Map.groupBy(view.sends, (send) => send.call);
  for (const [call, ofCall] of sends) {
    const name = ofCall[0]?.tool as ToolName;
    if (TOOL_CLASSES[name] === 'effect' && ofCall.length > 1) say(`${call} (effect) was sent ${ofCall.length} times`);
    const keys = new Set(ofCall.map(({ key }) => key));
    if (keys.size > 1) say(`${call} was sent with ${keys.size} keys`);
    if (keys.has('')) say(`${call} was sent without a key`);
    if (!rows.has(call)) say(`${call} was sent and is not stored`);
  }
  for (const row of rows.values()) if (isTool(row.name)) checkSent(row, sends.get(row.call) ?? [], say);
  for (const run of view.runs) checkResults(run, say);
  return found;
}

function checkResults({ row, toolCalls }: RunView, say: (what: string) => void): void {
  // What a judge was to read stays held where the run ended before.
  if (row.status !== 'completed') return;
  for (const { name, call, state, result } of toolCalls) {
    if (isTool(name) && state === 'completed' && !result?.includes(call)) {
      say(`${call} has the result ${JSON.stringify(result)}`);
    }
  }
}

function checkSent({ call, state }: ToolCallRow, sends: readonly ToolSend[], say: (what: string) => void): void {
  if (state === 'completed' && !sends.some(({ reply }) => reply === 'answered')) {
    say(`${call} has a result that the tool never gave`);
  }
  // Nobody can say of a call that changes something that it was only stopped.
  const changes = sends.some(({ tool }) => TOOL_CLASSES[tool as ToolName] !== 'read');
  if (state === 'cancelled' && changes) say(`${call} is said to be cancelled and was sent`);
}

/** I6, over all cases: no two calls share a key. */
export function checkToolKeys({ tools }: Evidence): Violation[] {
  const found: Violation[] = [];
  for (const [key, sends] of Map.groupBy(tools, (send) => send.key)) {
    const calls = new Set(sends.map(({ call }) => call));
    if (calls.size > 1)
      found.push({ invariant: 'I6', what: `the key ${key} was sent for ${[...calls].join(' and ')}` });
  }
  return found;
}
