import type { JsonObject, ModelSettings } from '@troupe/contracts';
import { isJsonObject } from './parse-tool-arguments.js';

/** Adds `settings.provider_options` of this provider to a request's body; where both are objects, field by field. */
export function mergeProviderOptions<Body extends object>(
  body: Body,
  settings: ModelSettings | undefined,
  provider: string,
): Body {
  const options = settings?.provider_options?.[provider];
  if (options === undefined) return body;
  return merge(body, options) as Body;
}

function merge(body: object, options: JsonObject): object {
  const merged: Record<string, unknown> = { ...body };
  for (const [name, value] of Object.entries(options)) {
    const before = merged[name];
    merged[name] = isJsonObject(before) && isJsonObject(value) ? merge(before, value) : value;
  }
  return merged;
}
