import type { SimulatedReply } from '../replies/simulated-reply.js';
import type { SimulatedMessage, SimulatedRequest } from '../simulated-request.js';
import { answerFromMemory } from './answer-from-memory.js';
import { chooseFollowingCalls, chooseToolCalls } from './choose-tool-calls.js';
import { summaryOf, titleOf } from './conversation-excerpt.js';
import { rememberedFacts } from './remembered-facts.js';
import { structuredAnswer } from './structured-answer.js';

const quotedCharacters = 1_000;

/**
 * What the simulator says when nobody told it what to say: the same request always gets the same answer, and the
 * answer shows what was in the request (earlier messages, tools, tool results, the schema).
 */
export function defaultAnswer(request: SimulatedRequest): SimulatedReply {
  const results = trailingToolResults(request.messages);
  const toolCalls = results.length > 0 ? chooseFollowingCalls(request) : chooseToolCalls(request);
  if (toolCalls.length > 0) return { toolCalls };
  const text = results.length > 0 ? results.map(quoteResult).join('\n') : plainAnswer(request);
  if (request.responseFormat === undefined) return { text: writtenForApplication(request) ?? text };
  const { schema } = request.responseFormat;
  return { text: JSON.stringify(schema === undefined ? { answer: text } : structuredAnswer(schema, request, text)) };
}

/** Titles and summaries that are asked for as plain text, by the first line of the system prompt. */
function writtenForApplication({ messages, tools }: SimulatedRequest): string | undefined {
  if (tools.length > 0) return undefined;
  const [task = ''] = messages.find((message) => message.role === 'system')?.text.split('\n', 1) ?? [];
  if (/\b(?:write|create|generate)s? .{0,20}\btitles?\b/i.test(task)) return titleOf(messages);
  if (/\b(?:write|create|generate)s? .{0,20}\bsummar(?:y|ies)\b|^summari[sz]e\b/i.test(task))
    return summaryOf(messages);
  return undefined;
}

function trailingToolResults(messages: SimulatedMessage[]): SimulatedMessage[] {
  return messages.slice(messages.findLastIndex((message) => message.role !== 'tool') + 1);
}

function quoteResult({ toolName, text, isError }: SimulatedMessage): string {
  const verb = isError === true ? 'failed' : 'answered';
  return `The tool ${toolName ?? 'you ran'} ${verb}: ${text.slice(0, quotedCharacters)}`;
}

function plainAnswer(request: SimulatedRequest): string {
  const remembered = answerFromMemory(request);
  if (remembered !== undefined) return remembered;
  const lastUser = request.messages.findLast((message) => message.role === 'user');
  const told = lastUser === undefined ? [] : rememberedFacts([lastUser]);
  if (told.length > 0) return `I will remember that ${told.map((fact) => fact.reminder).join(' and that ')}.`;
  const count = request.messages.filter((message) => message.role === 'user').length;
  return `You said: "${request.lastUserText.slice(0, quotedCharacters)}". I see ${count} message${count === 1 ? '' : 's'} of yours.`;
}
