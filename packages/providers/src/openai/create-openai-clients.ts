import type { HttpTransport } from '../shared/http-transport.js';
import { KeyedClients } from '../shared/keyed-clients.js';
import type { ProviderIdentity } from '../shared/provider-errors.js';
import { PreparedOpenAi } from './prepared-openai.js';

/** A client of OpenAI's SDK for each key of a provider that speaks its formats. */
export function createOpenAiClients(
  { baseUrl, secrets = [] }: ProviderIdentity,
  transport: HttpTransport,
  isOpenAi: boolean,
): KeyedClients<PreparedOpenAi> {
  // Servers without keys ignore what they are sent; the SDK insists on something.
  return new KeyedClients(
    secrets,
    (apiKey) =>
      new PreparedOpenAi(
        {
          apiKey,
          baseURL: baseUrl,
          // What the environment says about an OpenAI account is nobody else's business.
          ...(!isOpenAi && { organization: null, project: null }),
        },
        transport,
      ),
  );
}
