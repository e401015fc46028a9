import type { JsonObject } from '@troupe/contracts';
import type { ModelRequest } from '@troupe/spec';
import { type ChatCompletionBody, convertSharedFields } from '../openai/convert-to-openai-request.js';
import { mergeProviderOptions } from '../shared/merge-provider-options.js';
import { isJsonObject } from '../shared/parse-tool-arguments.js';
import { refuseRequest } from '../shared/refuse-request.js';
import { convertToOpenRouterMessages } from './convert-to-openrouter-messages.js';
import { isClaude } from './is-claude.js';
import { type LoopReasoning, loopReasoning } from './loop-reasoning.js';
import { markCacheBreakpoints } from './mark-cache-breakpoints.js';

/** With OpenRouter's own fields, which `provider_options.openrouter` may bring too. */
export type OpenRouterBody = ChatCompletionBody & {
  models?: string[];
  provider?: JsonObject;
  reasoning?: JsonObject;
};

/** Least budget that Claude models take, and less than the answer may have. */
const minBudgetTokens = 1_024;

/**
 * OpenRouter leaves out sampling settings that the chosen model does not take, so all are sent.
 *
 * @throws TroupeError for what the API cannot do
 */
export function convertToOpenRouterRequest(
  request: ModelRequest,
  model: string,
  provider = 'openrouter',
): OpenRouterBody {
  const { outputConstraint, settings = {}, tools = [] } = request;
  if (outputConstraint !== undefined) {
    const { type } = outputConstraint;
    throw refuseRequest(`OpenRouter cannot hold an answer to a ${type}. Use an output schema, or a server that can.`);
  }
  const { temperature, top_p, max_tokens, stop } = settings;
  const loop = loopReasoning(request.messages, { provider, model });
  const messages = convertToOpenRouterMessages(request, loop);
  const reasoning = convertReasoning(request, model, loop);
  const body: OpenRouterBody = {
    ...convertSharedFields(request, model),
    messages: isClaude(model) ? markCacheBreakpoints(messages, settings.prompt_cache, tools.length > 0) : messages,
    ...(temperature !== undefined && { temperature }),
    ...(top_p !== undefined && { top_p }),
    ...(max_tokens !== undefined && { max_tokens }),
    ...(stop !== undefined && stop.length > 0 && { stop }),
    ...(reasoning !== undefined && { reasoning }),
  };
  return stayWithWriter(mergeProviderOptions(body, settings, provider), loop);
}

/** Either an effort or a number of tokens; never both. */
function convertReasoning(
  { settings = {}, toolChoice }: ModelRequest,
  model: string,
  { beganWithout }: LoopReasoning,
): JsonObject | undefined {
  const { effort, max_tokens } = settings.reasoning ?? {};
  if (effort === undefined && max_tokens === undefined) return undefined;
  if (effort === 'none' || max_tokens === 0) return { effort: 'none' };
  const limit = settings.max_tokens ?? Number.POSITIVE_INFINITY;
  if (isClaude(model)) {
    // As Anthropic wants it: not with a demanded call, not in a loop that began without, not without room.
    const isForced = toolChoice === 'required' || typeof toolChoice === 'object';
    if (isForced || beganWithout || limit <= minBudgetTokens) return undefined;
  }
  return max_tokens === undefined ? { effort: effort ?? 'medium' } : { max_tokens: Math.min(max_tokens, limit - 1) };
}

/** Signatures are good at the upstream that wrote them and nowhere else, so the rest of the loop goes there. */
function stayWithWriter(body: OpenRouterBody, { writer }: LoopReasoning): OpenRouterBody {
  if (writer === undefined) return body;
  const { models, ...rest } = body;
  const leftAChoice = models !== undefined || body.model.startsWith('openrouter/');
  const preferences = isJsonObject(body.provider) ? body.provider : {};
  return {
    ...rest,
    ...(leftAChoice && writer.model !== undefined && { model: writer.model }),
    ...(writer.upstream !== undefined && {
      provider: { ...preferences, order: [writer.upstream], allow_fallbacks: false },
    }),
  };
}
