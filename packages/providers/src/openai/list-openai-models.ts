import type { OpenAI } from 'openai';
import type { ProviderErrors } from '../shared/provider-errors.js';
import { toFailure } from './open-response.js';

/** What a person waits for a list of names. */
const listTimeoutMs = 10_000;

/** @throws TroupeError */
export async function listOpenAiModels(client: OpenAI, errors: ProviderErrors): Promise<string[]> {
  try {
    const names: string[] = [];
    for await (const { id } of client.models.list({ timeout: listTimeoutMs })) names.push(id);
    return names.sort();
  } catch (error) {
    throw errors.fromThrown(toFailure(error), 'request');
  }
}
