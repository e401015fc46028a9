import type { ProviderErrors } from '../shared/provider-errors.js';
import type { OpenAiClient } from './create-openai-clients.js';

/** What a person waits for a list of names. */
const listTimeoutMs = 10_000;

/** @throws TroupeError */
export async function listOpenAiModels(client: OpenAiClient, errors: ProviderErrors): Promise<string[]> {
  try {
    const sdk = await client.get();
    return (await sdk.listModels(listTimeoutMs)).sort();
  } catch (error) {
    throw errors.fromThrown(error, 'request');
  }
}
