import type { ContentPart, ToolCallPart, ToolResultPart } from '@troupe/contracts';
import type { ModelMessage } from '@troupe/spec';
import type { HistoryMessage } from './history-message.js';
import { unusedId } from './unused-id.js';

/** What a model reads in place of a result that never came. */
export const NO_RESULT = 'no result: the run ended before this tool finished';

/**
 * A thread's messages as a model may be sent them: every tool call is followed by exactly one result, in the order of
 * the calls; results without a call, empty parts and empty messages are gone; call ids occur once. Providers refuse
 * a whole request for any of these, which would leave a thread dead for good after one run that ended badly.
 */
export function repairHistory(history: readonly HistoryMessage[]): ModelMessage[] {
  const repaired: ModelMessage[] = [];
  const usedIds = new Set<string>();
  for (const [index, message] of history.entries()) {
    if (message.role === 'user') add(repaired, 'user', message.content.filter(isUserPart));
    if (message.role !== 'assistant') continue;
    const calls: ToolCallPart[] = [];
    const content = message.content.filter(isAssistantPart).map((part) => {
      if (part.type !== 'tool_call') return part;
      calls.push(part);
      // Some providers number their calls anew in every response; others refuse an id that a request holds twice.
      const id = unusedId(part.id, usedIds);
      return id === part.id ? part : { ...part, id };
    });
    add(repaired, 'assistant', content);
    if (calls.length > 0) repaired.push({ role: 'tool', content: resultsFor(calls, content, history, index + 1) });
  }
  return repaired;
}

function add(messages: ModelMessage[], role: 'user' | 'assistant', content: ContentPart[]): void {
  if (content.length > 0) messages.push({ role, content });
}

function isUserPart(part: ContentPart): boolean {
  return part.type === 'image' || part.type === 'file' || (part.type === 'text' && part.text !== '');
}

function isAssistantPart(part: ContentPart): boolean {
  return part.type !== 'tool_result' && (part.type !== 'text' || part.text !== '');
}

function resultsFor(
  calls: readonly ToolCallPart[],
  content: readonly ContentPart[],
  history: readonly HistoryMessage[],
  from: number,
): ToolResultPart[] {
  const found = resultsUntilNextTurn(history, from);
  const renamed = content.filter((part) => part.type === 'tool_call');
  return calls.map((call, index) => {
    const at = found.findIndex((result) => result.tool_call_id === call.id);
    const [result] = at === -1 ? [] : found.splice(at, 1);
    const id = renamed[index]?.id ?? call.id;
    if (result) return { ...result, tool_call_id: id, name: call.name };
    return { type: 'tool_result', tool_call_id: id, name: call.name, status: 'failed', content: NO_RESULT };
  });
}

/** Finished results that stand between an assistant message and the next one. */
function resultsUntilNextTurn(history: readonly HistoryMessage[], from: number): ToolResultPart[] {
  const results: ToolResultPart[] = [];
  for (const message of history.slice(from)) {
    if (message.role === 'assistant') break;
    if (message.role !== 'tool') continue;
    for (const part of message.content)
      if (part.type === 'tool_result' && part.status !== 'pending' && part.status !== 'held') results.push(part);
  }
  return results;
}
