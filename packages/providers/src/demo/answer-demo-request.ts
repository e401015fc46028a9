import { type ContentPart, textOf } from '@troupe/contracts';
import type { ModelMessage, ModelRequest } from '@troupe/spec';
import { newToolCallId } from '../shared/new-tool-call-id.js';
import { answerFromMemory } from './answer-from-memory.js';
import { chooseToolCalls } from './choose-tool-calls.js';
import { findFacts } from './find-facts.js';
import { structuredAnswer } from './structured-answer.js';
import { summaryOf, titleOf } from './title-and-summary.js';
import { userTurns } from './user-turns.js';

const maxQuotedCharacters = 200;

const introduction =
  'This is the demo model, which answers until a provider is set up: set OPENAI_API_KEY, ANTHROPIC_API_KEY, ' +
  'OPENROUTER_API_KEY or OLLAMA_BASE_URL and start again. Until then I can calculate, tell the time, keep a to-do ' +
  'list and remember your name.';

/** What the demo says or does: the same request always gets the same words. */
export function answerDemoRequest(request: ModelRequest): ContentPart[] {
  const { outputSchema, system = '', messages } = request;
  if (outputSchema !== undefined) return text(JSON.stringify(structuredAnswer(request, outputSchema)));
  const turns = userTurns(messages);
  if (/\btitles? for conversations?\b/i.test(system)) return text(titleOf(turns));
  if (/\bsummar(?:y|ies) of conversations?\b/i.test(system)) return text(summaryOf(turns));
  if (messages.at(-1)?.role === 'tool') return text(`${toolReport(messages)} (I am the demo model.)`);
  const calls = chooseToolCalls(request);
  if (calls.length > 0) {
    return calls.map(({ name, arguments: args }) => ({
      type: 'tool_call',
      id: newToolCallId(),
      name,
      arguments: args,
    }));
  }
  return text(answerFromMemory(request) ?? smallTalk(messages, turns));
}

function text(value: string): ContentPart[] {
  return [{ type: 'text', text: value }];
}

/** Quotes the results of the last round of tools. */
function toolReport(messages: readonly ModelMessage[]): string {
  const firstOfRound = messages.findLastIndex(({ role }) => role !== 'tool') + 1;
  const results = messages.slice(firstOfRound).flatMap(({ content }) => content);
  return results
    .flatMap((part) => {
      if (part.type !== 'tool_result') return [];
      return [`${part.name} ${part.status === 'failed' ? 'failed with' : 'says'}: ${part.content}.`];
    })
    .join(' ');
}

function smallTalk(messages: readonly ModelMessage[], turns: readonly string[]): string {
  const last = messages.findLast(({ role }) => role === 'user');
  const said = last === undefined ? '' : textOf(last.content).replace(/\s+/g, ' ').trim();
  const quoted = said.length > maxQuotedCharacters ? `${said.slice(0, maxQuotedCharacters)}…` : said;
  const [fact] = findFacts([said]);
  const noticed = fact === undefined ? '' : ` I will remember it: ${fact.key.replaceAll('_', ' ')}: ${fact.value}.`;
  const count = turns.length > 1 ? ` That is message ${turns.length} from you in this conversation.` : '';
  return `You said: "${quoted}".${noticed}${count} ${introduction}`;
}
