import type { SimulatedRequest } from '../simulated-request.js';
import type { JsonObject } from './json-object.js';
import { isJsonObject, objectOf, objectsOf, stringOf } from './json-object.js';
import { readOpenAiRequest } from './read-openai-request.js';
import { RejectedRequest } from './rejected-request.js';
import { thinkingSignature } from './thinking-signature.js';

/** Who answers when the request does not choose. */
const defaultUpstream = 'Simulator';
/** Whom `openrouter/auto` sends the request to. */
const chosenModel = 'simulator/sim-chosen';

const efforts: unknown[] = [undefined, 'xhigh', 'high', 'medium', 'low', 'minimal', 'none'];

/**
 * Reads OpenRouter's superset of Chat Completions. Reasoning is signed by its upstream, and a request that is free to go
 * to another one is refused when it brings any: in production it would fail only now and then.
 *
 * @throws RejectedRequest for what OpenRouter or the upstream refuses
 */
export function readOpenRouterRequest(body: JsonObject): SimulatedRequest {
  const request = readOpenAiRequest('openrouter', body);
  const { effort, max_tokens } = objectOf(body.reasoning);
  if (effort !== undefined && max_tokens !== undefined) {
    throw new RejectedRequest(400, 'Only one of "reasoning.effort" and "reasoning.max_tokens" may be specified');
  }
  if (!efforts.includes(effort)) throw new RejectedRequest(400, 'reasoning.effort: Invalid option');
  if (body.models !== undefined && !Array.isArray(body.models)) {
    throw new RejectedRequest(400, 'models: Expected array');
  }
  const model = request.model === 'openrouter/auto' ? chosenModel : request.model;
  const provider = objectOf(body.provider);
  const upstream = namesOf(provider.only)[0] ?? namesOf(provider.order)[0] ?? defaultUpstream;
  const isPinned = namesOf(provider.only).length === 1 || provider.allow_fallbacks === false;
  for (const message of objectsOf(body.messages)) checkReasoning(message, `${upstream} ${model}`, isPinned);
  if (model.startsWith('anthropic/') && isJsonObject(body.reasoning) && effort !== 'none') checkLoop(body);
  return { ...request, servedBy: { model, upstream } };
}

function namesOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(stringOf) : [];
}

function checkReasoning(message: JsonObject, writer: string, isPinned: boolean): void {
  for (const detail of objectsOf(message.reasoning_details)) {
    if (detail.type !== 'reasoning.text') continue;
    if (!isPinned)
      throw new RejectedRequest(400, 'Provider returned error: Invalid `signature`, another upstream wrote it');
    if (detail.signature === thinkingSignature(stringOf(detail.text), writer)) continue;
    throw new RejectedRequest(400, 'Provider returned error: Invalid `signature` in `thinking` block');
  }
}

/** As the upstream demands: a tool loop under way begins with what was thought. */
function checkLoop(body: JsonObject): void {
  const messages = objectsOf(body.messages);
  if (messages.at(-1)?.role !== 'tool') return;
  const asked = messages.findLastIndex(({ role }) => role === 'user');
  if (objectsOf(messages[asked + 1]?.reasoning_details).length > 0) return;
  throw new RejectedRequest(
    400,
    'Provider returned error: When `thinking` is enabled, a final `assistant` message must start with a thinking block',
  );
}
