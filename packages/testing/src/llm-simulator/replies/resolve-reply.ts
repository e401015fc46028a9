import type { SimulatedRequest } from '../simulated-request.js';
import type { ResolvedReply, ResolvedToolCall } from './resolved-reply.js';
import type { SimulatedReply } from './simulated-reply.js';
import { fillerTokens, splitArguments, splitTokens } from './split-tokens.js';

const charactersPerToken = 4;
/** US dollars a token, so that a cost is never zero by accident. */
const pricePerToken = 0.000001;

/** Splits an answer into tokens, cuts it at the request's limit as a vendor would, and counts what it used. */
export function resolveReply(
  request: SimulatedRequest,
  reply: SimulatedReply,
  id: string,
  created: number,
): ResolvedReply {
  const limit = request.maxTokens ?? Number.POSITIVE_INFINITY;
  const reasoning = splitTokens(reply.reasoning ?? '').slice(0, limit);
  const wanted = reply.text === undefined ? fillerTokens(reply.tokens ?? 0) : splitTokens(reply.text);
  const room = limit - reasoning.length;
  const cut = wanted.length > room;
  const text = cut ? wanted.slice(0, room) : wanted;
  const toolCalls = cut ? [] : (reply.toolCalls ?? []).map(resolveToolCall);

  const written = toolCalls.reduce((sum, call) => sum + call.fragments.length, reasoning.length + text.length);
  const inputTokens = reply.usage?.inputTokens ?? Math.ceil(request.promptCharacters / charactersPerToken);
  const outputTokens = reply.usage?.outputTokens ?? written;
  return {
    id,
    created,
    reasoning,
    text,
    toolCalls,
    stopReason: reply.stopReason ?? (cut ? 'length' : toolCalls.length > 0 ? 'tool_calls' : 'stop'),
    usage: {
      inputTokens,
      cachedTokens: reply.usage?.cachedTokens ?? 0,
      cacheWriteTokens: reply.usage?.cacheWriteTokens ?? 0,
      outputTokens,
      reasoningTokens: reply.usage?.reasoningTokens ?? reasoning.length,
      cost: reply.usage?.cost ?? Number(((inputTokens + outputTokens) * pricePerToken).toFixed(6)),
    },
  };
}

function resolveToolCall(call: NonNullable<SimulatedReply['toolCalls']>[number]): ResolvedToolCall {
  const json = typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments);
  return { ...(call.id !== undefined && { id: call.id }), name: call.name, json, fragments: splitArguments(json) };
}
