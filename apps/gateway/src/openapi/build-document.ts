import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, getSchemaPath, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { ACCESS_EXTENSION, type Access } from '../auth/access.js';
import { OpenAiErrorDto } from '../openai/openai.dto.js';
import { isOpenAiAddress } from '../openai/openai-error.js';
import { version } from '../operations/version.js';
import { describeIdempotency } from './describe-idempotency.js';
import { ProblemDto } from './problem.dto.js';

const TAGS: readonly [name: string, description: string][] = [
  ['interact', 'Send a message to a persona or an agent, or straight to a provider.'],
  ['batches', 'Many requests that may take a day, at a lower price.'],
  ['agents', 'Agents and personas: what they are, may do and remember. Every change makes a version.'],
  ['chats', 'Conversations as one document each.'],
  ['threads', 'Conversations as threads of messages.'],
  ['runs', 'Executions of agents: their state, events and steps.'],
  ['approvals', 'Calls of tools that wait for a person, and questions of agents.'],
  ['memory', 'What is remembered of end users.'],
  ['jobs', 'Work in the background.'],
  ['models', 'The models of the providers that are configured.'],
  ['usage', 'What calls used and cost, and what they may cost.'],
  ['limits', 'What providers allow, and how much of it is left.'],
  ['openai', 'The same for clients made for OpenAI. Errors are in its shape, never problem documents.'],
  ['operations', 'Whether the server is well.'],
];

/** What routes may answer when they do not do what was asked. */
const ERRORS: Readonly<Record<string, string>> = {
  400: 'Malformed, or a field is wrong; `errors` names it',
  401: 'No key, or one that is not valid',
  402: 'A budget is used up',
  403: 'Only an admin key, or only one of the first tenant, may do this',
  404: "Unknown, or another tenant's",
  408: 'The request was too long in coming',
  409: 'Cannot be done now; `code` says why',
  413: 'The body is larger than MAX_BODY_BYTES (a batch: 16 times that)',
  415: 'The body is not sent as `application/json`',
  422: 'Understood, but what it names cannot be used',
  429: 'Too much at once; `retry-after` says when to come back',
  431: 'Address and headers are larger than 16 KiB',
  500: 'Our fault; the log names the `request_id`',
  502: 'The provider failed; `code` says how',
  503: 'Something that is needed is away; try again',
  504: 'The provider or the run took too long',
};

/** Only for routes that need an administrator, may be sent a body, or wait for a provider. */
const ADMIN_ERRORS = ['403'];
const BODY_ERRORS = ['413', '415'];
const PROVIDER_ERRORS = ['402', '429', '502', '504'];

/** Made before anybody has read to which address the request goes. */
const ADDRESSLESS_ERRORS = ['408', '431'];

/** The OpenAPI 3.1 document of all controllers' routes. */
type OperationObject = NonNullable<OpenAPIObject['paths'][string]['get']>;

export function buildDocument(app: INestApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Troupe')
    .setDescription('Runs AI agents: durable, streamed, observable. Errors are problem documents (RFC 9457).')
    .setVersion(version)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key.' }, 'bearer')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'An API key.' }, 'x-api-key')
    // Two requirements: either will do.
    .addSecurityRequirements('bearer')
    .addSecurityRequirements('x-api-key');
  for (const [name, description] of TAGS) builder.addTag(name, description);
  const document = SwaggerModule.createDocument(app, builder.build(), {
    extraModels: [ProblemDto, OpenAiErrorDto],
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}.${method}`,
  });
  describeIdempotency(document);
  addErrors(document);
  return document;
}

/** Adds the shared error answers to every operation that does not describe its own. */
function addErrors({ paths, components }: OpenAPIObject): void {
  const problem = { 'application/problem+json': { schema: { $ref: getSchemaPath(ProblemDto) } } };
  const openAi = { 'application/json': { schema: { $ref: getSchemaPath(OpenAiErrorDto) } } };
  const shared = Object.entries(ERRORS).flatMap(([status, description]) => [
    [`Problem${status}`, { description, content: problem }],
    [`OpenAiError${status}`, { description, content: openAi }],
  ]);
  if (components) components.responses = { ...components.responses, ...Object.fromEntries(shared) };
  for (const [path, item] of Object.entries(paths)) {
    for (const operation of [item.get, item.put, item.post, item.patch, item.delete]) {
      if (!operation) continue;
      const reads = operation === item.get;
      const possible = Object.keys(ERRORS).filter((status) => isPossible(status, path, { reads, operation }));
      const kindOf = (status: string) =>
        isOpenAiAddress(path) && !ADDRESSLESS_ERRORS.includes(status) ? 'OpenAiError' : 'Problem';
      const references = possible.map((status) => [
        status,
        { $ref: `#/components/responses/${kindOf(status)}${status}` },
      ]);
      operation.responses = { ...Object.fromEntries(references), ...operation.responses };
    }
  }
}

function isPossible(
  status: string,
  path: string,
  { reads, operation }: { reads: boolean; operation: OperationObject },
): boolean {
  if (ADMIN_ERRORS.includes(status)) return mayForbid(operation);
  if (BODY_ERRORS.includes(status)) return !reads;
  if (PROVIDER_ERRORS.includes(status))
    return /^\/(api\/llm|v1\/(chat|embeddings))\b/.test(path) || /\/(run|stream)$/.test(path);
  return true;
}

/** Whether some keys may not call it. */
function mayForbid(operation: OperationObject): boolean {
  const access = (operation as { [ACCESS_EXTENSION]?: Access })[ACCESS_EXTENSION] ?? 'key';
  return access !== 'key' && access !== 'public';
}
