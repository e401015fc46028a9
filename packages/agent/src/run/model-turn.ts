import type { ModelMessage, ModelResponse } from '@troupe/spec';
import type { HandoffTool } from '../handoff/handoff-tool.js';
import { historyAfterHandoff } from '../handoff/history-after-handoff.js';
import { prepareTurn } from '../turn/prepare-turn.js';
import { streamTurn } from '../turn/stream-turn.js';
import { costAt, pricedUsage } from './priced-usage.js';
import type { RunTurnsOptions } from './run-turns-options.js';

export interface ModelTurn {
  turn: number;
  handoffs?: ReadonlyMap<string, HandoffTool> | undefined;
  /** Called when the request leaves. */
  begin(): void;
}

/** Asks the model for its next answer. @throws TroupeError of the model, or the signal's reason */
export async function modelTurn(
  options: RunTurnsOptions,
  { added, tail }: Readonly<Record<'added' | 'tail', readonly ModelMessage[]>>,
  { turn, handoffs, begin }: ModelTurn,
): Promise<ModelResponse> {
  const { model, configuration, tools, facts, summary, unsummarized, output, signal, onEvent } = options;
  const history = [...options.history, ...added];
  const uncovered = unsummarized === undefined ? undefined : unsummarized + added.length;
  const request = prepareTurn({
    configuration,
    tools: [...tools.values(), ...(handoffs?.values() ?? [])],
    ...historyAfterHandoff({ history, summary, unsummarized: uncovered }, options.view),
    tail,
    facts,
    outputSchema: output?.format.request,
    turn,
  });
  const { allowance, prices } = options;
  const allowed = allowance.limit(request, configuration.limits, costAt([model.id], prices));
  const { hooks } = options;
  const asked = hooks ? await hooks.beforeModelCall(turn, allowed) : allowed;
  begin();
  const response = await streamTurn(model, asked, { signal, onEvent });
  allowance.charge(pricedUsage(model.id, response.usage, prices), 1);
  return hooks ? hooks.afterModelCall(turn, response) : response;
}
