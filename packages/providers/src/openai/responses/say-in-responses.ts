import type { JsonObject, ModelSettings } from '@troupe/contracts';
import { isJsonObject } from '../../shared/parse-tool-arguments.js';

/**
 * Settings whose options of this provider are said in the words of Responses: those who write options, clients of Chat
 * Completions among them, do not know which of the two APIs a model is asked through.
 */
export function sayInResponses(settings: ModelSettings, provider: string): ModelSettings {
  const options = settings.provider_options?.[provider];
  if (!options || !('response_format' in options || 'verbosity' in options)) return settings;
  const { response_format: format, verbosity, ...rest } = options;
  const text: JsonObject = {
    ...(isJsonObject(rest.text) && rest.text),
    ...(isJsonObject(format) && { format: flat(format) }),
    ...(verbosity !== undefined && { verbosity }),
  };
  return { ...settings, provider_options: { ...settings.provider_options, [provider]: { ...rest, text } } };
}

/** What Chat Completions keeps a level deeper. */
function flat({ json_schema, ...format }: JsonObject): JsonObject {
  return { ...format, ...(isJsonObject(json_schema) && json_schema) };
}
