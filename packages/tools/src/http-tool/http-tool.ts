import type { JsonObject, JsonSchema, JsonValue } from '@troupe/contracts';
import type { Tool, ToolContext } from '@troupe/spec';
import type { HttpToolDeclaration } from './http-tool-declaration.js';
import { AnswerTooLong, readBounded } from './read-bounded.js';

/** A model cannot use more, and a worker should not hold more. Bytes. */
const MAX_ANSWER_BYTES = 1_048_576;
/** Of the body of a refusal, what the model is told. Characters. */
const MAX_REFUSAL_LENGTH = 500;
/** The request did not leave this machine: it certainly had no effect. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/**
 * A tool behind a URL. A call is `POST`ed as `{ tool, arguments, tenant_id, user_id, thread_id, run_id }` with an
 * `Idempotency-Key` that is the same for every send of the call. A 2xx body is the result, read as JSON where it says
 * so; any other answer is told to the model as an error. Redirects are refused: they would carry the headers away.
 */
export function httpTool({
  url,
  headers,
  timeout_ms,
  needs_approval,
  parameters,
  ...shown
}: HttpToolDeclaration): Tool {
  return {
    ...shown,
    parameters: parameters as JsonSchema,
    timeoutMs: timeout_ms,
    ...(needs_approval && { needsApproval: async () => true }),
    execute: async (args, context) => {
      const { response, body } = await send(shown, { url, headers }, args, context);
      if (!response.ok) throw refused(shown.name, response.status, body);
      return isJson(response) ? parse(shown.name, body) : body;
    },
  };
}

async function send(
  { name, effect }: Pick<Tool, 'name' | 'effect'>,
  { url, headers }: Pick<HttpToolDeclaration, 'url' | 'headers'>,
  args: JsonObject,
  context: ToolContext,
): Promise<{ response: Response; body: string }> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'error',
      signal: context.signal,
      headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': context.idempotencyKey },
      body: JSON.stringify({
        tool: name,
        arguments: args,
        tenant_id: context.tenantId,
        user_id: context.userId,
        thread_id: context.threadId,
        run_id: context.runId,
      }),
    });
    return { response, body: await readBounded(response, MAX_ANSWER_BYTES) };
  } catch (cause) {
    context.signal.throwIfAborted();
    throw unreachable(name, effect, cause);
  }
}

function unreachable(name: string, effect: Tool['effect'], cause: unknown): Error {
  if (cause instanceof AnswerTooLong) return cause;
  const { code = 'no answer' } = (cause as { cause?: { code?: string } }).cause ?? {};
  const doubt =
    effect === 'effect' && !NEVER_SENT.has(code)
      ? ' Its outcome is unknown: it may or may not have had its effect. Check before you repeat it.'
      : '';
  return new Error(`The server of the tool ${name} could not be reached or broke off (${code}).${doubt}`, { cause });
}

function refused(name: string, status: number, body: string): Error {
  const text = body.slice(0, MAX_REFUSAL_LENGTH).trim();
  return new Error(`The server of the tool ${name} answered ${status}${text ? `: ${text}` : '.'}`);
}

function isJson(response: Response): boolean {
  return /^application\/([\w.-]+\+)?json\b/.test(response.headers.get('content-type') ?? '');
}

function parse(name: string, body: string): JsonValue {
  try {
    return JSON.parse(body) as JsonValue;
  } catch (cause) {
    throw new Error(`The server of the tool ${name} said that it answers JSON, and its answer is none.`, { cause });
  }
}
