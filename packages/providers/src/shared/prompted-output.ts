import type { JsonSchema } from '@troupe/contracts';
import type { ModelRequest, OutputSchema } from '@troupe/spec';

/**
 * For models that are held to a form only by being asked: the schema becomes part of the system prompt, at its end so
 * that what comes before stays the same for caches.
 */
export function withPromptedOutput(request: ModelRequest): ModelRequest {
  const { outputSchema, system, tools } = request;
  if (outputSchema === undefined) return request;
  const asked = askForJson(outputSchema, tools !== undefined && tools.length > 0);
  return { ...request, system: system ? `${system}\n\n${asked}` : asked };
}

function askForJson({ schema }: OutputSchema, hasTools: boolean): string {
  const when = hasTools ? 'Unless you call a tool, answer' : 'Answer';
  return (
    `${when} with one JSON value that is valid against the JSON Schema below, and with nothing else: no explanation, ` +
    `no code fence.\n\n${JSON.stringify(schema satisfies JsonSchema)}`
  );
}
