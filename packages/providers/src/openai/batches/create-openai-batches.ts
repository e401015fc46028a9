import type { BatchProvider } from '@troupe/spec';
import type { ChatTarget } from '../chat-target.js';
import { chatBatchEndpoint, responsesBatchEndpoint } from './batch-endpoint.js';
import { OpenAiBatches, type OpenAiBatchesOptions } from './openai-batches.js';

/** Batches of a model by the API that answers its live calls. */
export function createOpenAiBatches(
  api: 'chat' | 'responses',
  target: ChatTarget,
  options: Omit<OpenAiBatchesOptions, 'endpoint' | 'model'>,
): BatchProvider {
  const { provider, model } = target;
  const endpoint = api === 'responses' ? responsesBatchEndpoint(provider, model) : chatBatchEndpoint(target);
  return new OpenAiBatches({ ...options, model: `${provider}/${model}`, endpoint });
}
