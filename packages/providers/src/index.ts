export type { InstanceSettings, ProviderKind } from './catalog.js';
export { createModelCatalog, type ModelCatalogSettings } from './create-model-catalog.js';
export type { CreateProvider } from './load-provider-module.js';
export type { ModelProvider, ProviderInstance, ProviderServices, ProviderSettings } from './model-provider.js';
export type { OpenAiSettings } from './openai/openai.provider.js';
export type { CompatibleFlavor } from './openai-compatible/flavors.js';
export type { OpenRouterSettings } from './openrouter/openrouter.provider.js';
export { type RequestFormatter, registerFormatter } from './registered-formatters.js';
export { type ProviderRegistration, providerNames, registerProvider } from './registered-providers.js';
export { estimateUsage } from './shared/estimate-usage.js';
export type { HttpResponse } from './shared/http-response.js';
export type { HttpTransport } from './shared/http-transport.js';
export { JsonLineReader } from './shared/json-line-reader.js';
export { KeyedClients } from './shared/keyed-clients.js';
export { type LimitReader, limitFeedbackOf, readCount } from './shared/limit-feedback.js';
export { mergeProviderOptions } from './shared/merge-provider-options.js';
export { OnFirstUse } from './shared/on-first-use.js';
export { withPromptedOutput } from './shared/prompted-output.js';
export { ProviderErrors, type ProviderIdentity } from './shared/provider-errors.js';
export { MalformedAnswer, type ProviderFailure, ReportedFailure } from './shared/provider-failure.js';
export type { ProviderTimeouts } from './shared/provider-timeouts.js';
export { type JsonCall, readJsonAnswer } from './shared/read-json-answer.js';
export { readWholeAnswer, type WholeCall } from './shared/read-whole-answer.js';
export { refuseRequest } from './shared/refuse-request.js';
export { ResponseAccumulator } from './shared/response-accumulator.js';
export { type JsonRequest, sendJson } from './shared/send-json.js';
export { ServerSentEventReader } from './shared/server-sent-event-reader.js';
export {
  type AnswerParser,
  type FrameReader,
  type StreamCall,
  streamModelEvents,
} from './shared/stream-model-events.js';
