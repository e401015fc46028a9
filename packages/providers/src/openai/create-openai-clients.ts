import type { HttpTransport } from '../shared/http-transport.js';
import { KeyedClients } from '../shared/keyed-clients.js';
import { OnFirstUse } from '../shared/on-first-use.js';
import type { PreparedOpenAi } from './prepared-openai.js';

/** OpenAI's SDK with one key. */
export type OpenAiClient = OnFirstUse<PreparedOpenAi>;

type OpenAiOptions = Omit<ConstructorParameters<typeof PreparedOpenAi>[0], 'apiKey'>;

/** What the environment says about an OpenAI account is no other provider's business. */
export const noOpenAiAccount = { organization: null, project: null };

/** A client of OpenAI's SDK for each key of a provider that speaks its formats. Servers without keys get something all the same. */
export function createOpenAiClients(
  keys: readonly string[],
  options: OpenAiOptions,
  transport: HttpTransport,
): KeyedClients<OpenAiClient> {
  return new KeyedClients(
    keys,
    (apiKey) =>
      new OnFirstUse(async () => {
        const { PreparedOpenAi } = await import('./prepared-openai.js');
        return new PreparedOpenAi({ ...options, apiKey }, transport);
      }),
  );
}
