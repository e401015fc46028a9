// A provider of your own, from end to end. docs/guides/add-a-provider.md walks through it.
import {
  type CreateProvider,
  KeyedClients,
  type LimitReader,
  ProviderErrors,
  type ProviderIdentity,
  readCount,
  readJsonAnswer,
  sendJson,
} from 'troupe/provider-kit';
import { AcmeModel } from './acme-model.ts';

/** What Acme says of its limits beside `Retry-After`, which is read for every provider. */
const readAcmeLimits: LimitReader = (headers) => {
  const tokens = readCount(headers, 'x-acme-tokens-left-this-minute');
  return tokens === undefined ? {} : { remaining: { tokens } };
};

/** One Acme account. Its models are named `<id>/<model>`, the id being what the entry or the registration says. */
const createAcmeProvider: CreateProvider = ({ apiKeys = [], baseUrl, instance }, { transport }) => {
  const { id, keySetting, baseUrlSetting } = instance;
  const url = baseUrl ?? 'https://api.acme.example/v1';
  const identity: ProviderIdentity = {
    id,
    label: 'Acme',
    baseUrl: url,
    keySetting,
    baseUrlSetting,
    unreachableAdvice: `Check the network and ${baseUrlSetting}.`,
    secrets: apiKeys,
  };
  const { timeouts } = transport;
  const keys = new KeyedClients(apiKeys, (apiKey) => ({ authorization: `Bearer ${apiKey}` }));
  return {
    id,
    defaultModel: 'acme-large',
    createModel: (model) => {
      const errors = new ProviderErrors(identity, model, readAcmeLimits);
      return new AcmeModel({ provider: id, model, url: `${url}/chat/completions`, keys, errors, transport });
    },
    listModels: () =>
      readJsonAnswer<{ data?: { id: string }[] }, string[]>({
        open: (signal) =>
          sendJson(transport, {
            url: `${url}/models`,
            method: 'GET',
            headers: keys.of(),
            signal,
            timeoutMs: timeouts.connectMs,
          }),
        read: ({ data = [] }) => data.map((model) => model.id),
        errors: new ProviderErrors(identity, 'any'),
        timeouts,
      }),
  };
};

export default createAcmeProvider;
