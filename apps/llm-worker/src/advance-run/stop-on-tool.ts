import {
  addUsage,
  configuredOutput,
  guardToolAnswer,
  lastToolResults,
  readOutput,
  stoppingResult,
} from '@troupe/agent';
import { newId, type RunEventBody } from '@troupe/contracts';
import type { ClaimedRun, LedgerRow, NewMessage } from '@troupe/database';
import { blockedOutcome } from '../guardrails/blocked-outcome.js';
import { guardsOfRun } from '../guardrails/guards-of-run.js';
import type { JudgePorts } from '../guardrails/judge-of-run.js';
import { completeRun } from './complete-run.js';
import { usageOfCalls } from './ledger-of-turn.js';
import type { TurnOutcome } from './turn-outcome.js';

export interface StopPorts extends JudgePorts {
  signal: AbortSignal;
  onEvent(event: RunEventBody): void;
}

/**
 * The end of a run whose last round of tools has a result that is to be its answer, as guardrails of output let it be read; no
 * model is asked. Undefined: the model is, also where the run has an output schema that the result does not fit.
 */
export async function stopOnTool(run: ClaimedRun, ports: StopPorts): Promise<TurnOutcome | undefined> {
  const { stop_on_tools } = run.configuration;
  const result = stop_on_tools && stoppingResult(lastToolResults(run.history), stop_on_tools);
  if (!result) return undefined;
  const { onEvent } = ports;
  const ledger: LedgerRow[] = [];
  const early: RunEventBody[] = [];
  const hear = { signal: ports.signal, onEvent: (event: RunEventBody) => early.push(event) };
  const wanted = configuredOutput(run.configuration);
  const raw = wanted && (await readOutput(wanted.format, result.content));
  if (raw?.valid === false) return undefined;
  const { text, blocked } = await guardToolAnswer(result.content, guardsOfRun(run, ports, ledger), hear);
  const verdict = wanted && text !== result.content ? await readOutput(wanted.format, text) : raw;
  onEvent({ type: 'step.started', data: { step: run.step } });
  early.forEach(onEvent);
  if (blocked || verdict?.valid === false) return blockedOutcome(run, text, ledger);
  const answer: NewMessage = {
    id: newId(),
    parent_id: run.headMessageId,
    role: 'assistant',
    content: [{ type: 'text', text }],
    model: null,
  };
  onEvent({ type: 'text.delta', data: { delta: text } });
  const output = verdict && { value: verdict.value };
  const ended = completeRun(run, {
    answer,
    stopReason: 'stop_tool',
    usage: addUsage(run.usage, usageOfCalls(ledger)),
    output,
  });
  const said: RunEventBody[] = [
    ...(ledger.length > 0 ? [{ type: 'usage.recorded' as const, data: usageOfCalls(ledger) }] : []),
    { type: 'message.completed', data: { message_id: answer.id } },
  ];
  return { steps: [], receivedRead: 0, ledger, ...ended, events: [...said, ...ended.events] };
}
