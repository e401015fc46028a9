import type { HandoffHistory, ToolResultPart } from '@troupe/contracts';
import type { HistoryMessage } from '../history/history-message.js';

/** What an agent that took over is shown of what came before. */
export interface HandoffView {
  /** Name of the tool by which it took over. */
  tool: string;
  history: HandoffHistory | HistoryFilter;
}

/** Chooses among the messages before a handoff; what it leaves out or changes, it does for this agent alone. */
export type HistoryFilter = (messages: readonly HistoryMessage[]) => readonly HistoryMessage[];

export interface SeenThread {
  history: readonly HistoryMessage[];
  summary?: string | null | undefined;
  /** How many of the newest messages the summary does not cover. */
  unsummarized?: number | undefined;
}

/**
 * The thread as the agent sees it that took over, in every later turn alike. The place of the handoff is found in the
 * messages: the newest result of its tool that is no refusal. Where it is older than what was loaded, all of that came
 * after it. A summary tells of what the filter leaves out, so it goes with it.
 */
export function historyAfterHandoff(thread: SeenThread, view: HandoffView | undefined): SeenThread {
  if (!view || view.history === 'full') return thread;
  const { tool } = view;
  const result = thread.history.findLastIndex((message) => resultOf(message, tool) !== undefined);
  const turn = thread.history.findLastIndex(({ role }, index) => index < result && role === 'assistant');
  if (turn === -1) return thread;
  const after = thread.history.findIndex(({ role }, index) => index > turn && role !== 'tool');
  return {
    history: [
      ...filterOf(view.history)(thread.history.slice(0, turn)),
      ...handoffAlone(thread.history[turn], thread.history[result], tool),
      ...(after === -1 ? [] : thread.history.slice(after)),
    ],
  };
}

function filterOf(history: Exclude<HandoffView['history'], 'full'>): HistoryFilter {
  if (typeof history === 'function') return history;
  if (history === 'without_tools') return (messages) => messages.flatMap(whatWasSaid);
  return (messages) => {
    const last = messages.findLastIndex(({ role }) => role === 'user');
    return messages.filter(({ role }, index) => role === 'system' || index === last);
  };
}

function whatWasSaid(message: HistoryMessage): HistoryMessage[] {
  if (message.role === 'tool') return [];
  if (message.role !== 'assistant') return [message];
  const content = message.content.filter(({ type }) => type === 'text');
  return content.length > 0 ? [{ ...message, content }] : [];
}

/** What the other agent said when it handed over, and the one call that did it: how the new one knows what it is to do. */
function handoffAlone(
  said: HistoryMessage | undefined,
  answered: HistoryMessage | undefined,
  tool: string,
): HistoryMessage[] {
  const result = answered && resultOf(answered, tool);
  if (!said || !answered || !result) return [];
  const content = said.content.filter(
    (part) => part.type === 'text' || (part.type === 'tool_call' && part.id === result.tool_call_id),
  );
  return [
    { ...said, content },
    { ...answered, content: [result] },
  ];
}

function resultOf({ role, content }: HistoryMessage, tool: string): ToolResultPart | undefined {
  if (role !== 'tool') return undefined;
  return content
    .filter((part) => part.type === 'tool_result')
    .find(({ name, status }) => name === tool && status === 'completed');
}
