import { messageOf, remarkOf, toldAnswerOf } from '../load/case-message.js';
import type { CaseView, RunView } from './case-view.js';
import { isWhole } from './completed-as-planned.js';
import type { Evidence, MessageRow, Violation } from './evidence.js';

/** I4: each message once, each tool call with exactly one result, and the right words in the right order. */
export function checkMessages(view: CaseView): Violation[] {
  return view.runs.flatMap((run) => {
    const found: Violation[] = [];
    const say = (what: string) => found.push({ invariant: 'I4', case: view.id, runId: run.row.id, what });
    const said = run.messages.filter(({ role }) => role === 'user').map(textOf);
    if (said.length !== 1 || said[0] !== messageOf(view.plan)) say(`the run has ${said.length} user messages`);
    checkPairs(run, say);
    if (run.row.status === 'completed') checkResults(run, say);
    if (isWhole(run)) checkWords(view, run, say);
    for (const entry of view.history) {
      if (entry.type !== 'answer' || entry.runId !== run.row.id) continue;
      if (entry.status !== run.row.status) say(`the API said ${entry.status}, the run is ${run.row.status}`);
      else if (isWhole(run) && entry.response !== toldAnswerOf(view.plan)) {
        say(`the API answered ${JSON.stringify(entry.response)}`);
      }
    }
    return found;
  });
}

function checkPairs({ row, messages }: RunView, say: (what: string) => void): void {
  const calls = messages.flatMap(({ content }) => content.filter(({ type }) => type === 'tool_call'));
  const results = messages.flatMap(({ content }) => content.filter(({ type }) => type === 'tool_result'));
  const byCall = Map.groupBy(results, (result) => result.tool_call_id);
  for (const { id } of calls) {
    const own = byCall.get(id) ?? [];
    if (own.length !== 1) say(`tool call ${id} has ${own.length} results`);
    if (own[0]?.status === 'pending' && row.status === 'completed')
      say(`tool call ${id} of a completed run is pending`);
  }
  if (results.length > calls.length) say(`${results.length} results for ${calls.length} tool calls`);
}

/** What came of a call is what the model reads of it. */
function checkResults({ messages, toolCalls }: RunView, say: (what: string) => void): void {
  const parts = messages.flatMap(({ content }) => content.filter(({ type }) => type === 'tool_result'));
  const contents = new Map(parts.map((part) => [part.tool_call_id, part.content]));
  for (const { call, call_id, result } of toolCalls) {
    if (contents.get(call_id) !== result)
      say(`${call} has the result ${result}, and its thread ${contents.get(call_id)}`);
  }
}

function checkWords({ plan }: CaseView, { messages, row }: RunView, say: (what: string) => void): void {
  const answers = messages.filter(({ role }) => role === 'assistant');
  const texts = answers.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(textOf);
  const right = [...plan.rounds.map((_, round) => remarkOf(plan.id, round)), toldAnswerOf(plan)];
  if (texts.length !== right.length || texts.some((text, index) => text !== right[index])) {
    say(`the assistant's messages are ${JSON.stringify(texts)}`);
  }
  const calls = answers.flatMap(({ content }) => content.filter(({ type }) => type === 'tool_call'));
  const planned = plan.rounds.flat().length;
  if (calls.length !== planned) say(`${calls.length} tool calls instead of ${planned}`);
  const output = answers.find(({ id }) => id === row.output_message_id);
  if (!output || textOf(output) !== toldAnswerOf(plan)) say('the output message of the run is not its answer');
}

/** I4, the threads: every message of a thread is on the one chain that ends in its head. */
export function checkThreads({ database }: Evidence): Violation[] {
  const found: Violation[] = [];
  const byThread = Map.groupBy(database.messages, (message) => message.thread_id);
  for (const thread of database.threads) {
    const messages = byThread.get(thread.id) ?? [];
    const byId = new Map(messages.map((message) => [message.id, message]));
    let length = 0;
    let at = thread.head_message_id;
    while (at !== null && length <= messages.length) {
      at = byId.get(at)?.parent_id ?? null;
      length += 1;
    }
    const say = (what: string) => found.push({ invariant: 'I4', what: `thread ${thread.id} ${what}` });
    if (length !== messages.length) say(`has ${messages.length} messages, ${length} of them on its chain`);
    if (thread.message_count !== messages.length) say(`counts ${thread.message_count} messages of ${messages.length}`);
  }
  return found;
}

function textOf({ content }: MessageRow): string {
  return content.map(({ type, text }) => (type === 'text' ? text : '')).join('');
}
