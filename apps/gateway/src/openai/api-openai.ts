import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOkResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { chatRequestSchema } from './chat-request.js';
import { embeddingRequestSchema } from './embedding-request.js';
import { responseRequestSchema } from './responses/response-request.js';

const CHUNKS =
  'Server-sent events: `data` is a `chat.completion.chunk`, with `stream_options.include_usage` the last of them holds ' +
  'the usage; an error in the middle is `data: {"error": …}`. The last line is `data: [DONE]`.';

const RESPONSE_EVENTS =
  'Server-sent events, as OpenAI names them: `response.created` first, `response.completed`, `response.incomplete` or ' +
  '`response.failed` last, each with a `sequence_number`; before a failure an `error`.';

const HEADERS: Readonly<Record<string, string>> = {
  'X-Troupe-Thread':
    "Agents: the thread to go on with, by its id or the application's own name, which begins a thread when it is new. " +
    'Without it each request has a thread of its own. `X-OpenWebUI-Chat-Id` does the same.',
  'X-Troupe-User': 'Agents: the end user where the body has no `user`. `X-OpenWebUI-User-Id` does the same.',
  'X-Troupe-Multitask-Strategy': 'Agents: what to do when the thread works on another run, as in `interact`.',
  'X-Troupe-Task':
    "Agents: anything here says that no person speaks, as when an application asks for a title: the agent's model answers, " +
    'without a thread.',
};

const RUN_HEADERS = {
  'x-troupe-run': { schema: { type: 'string' as const }, description: 'The run, of an agent.' },
  'x-troupe-thread': { schema: { type: 'string' as const }, description: 'Its thread.' },
};

export const ApiChatCompletion = (): MethodDecorator =>
  applyDecorators(
    ...Object.entries(HEADERS).map(([name, description]) => ApiHeader({ name, description, required: false })),
    ApiBody({ schema: schemaOf(chatRequestSchema) }),
    ApiOkResponse({
      description: 'A `chat.completion`, or its chunks.',
      headers: RUN_HEADERS,
      content: {
        'application/json': { schema: answerSchema('chat.completion', ['id', 'choices', 'usage']) },
        'text/event-stream': { schema: { type: 'string', description: CHUNKS } },
      },
    }),
  );

export const ApiResponse = (): MethodDecorator =>
  applyDecorators(
    ...Object.entries(HEADERS).map(([name, description]) => ApiHeader({ name, description, required: false })),
    ApiBody({ schema: schemaOf(responseRequestSchema) }),
    ApiOkResponse({
      description: 'A `response`, or its events.',
      headers: RUN_HEADERS,
      content: {
        'application/json': { schema: answerSchema('response', ['id', 'status', 'output']) },
        'text/event-stream': { schema: { type: 'string', description: RESPONSE_EVENTS } },
      },
    }),
  );

export const ApiAsked = (schema: z.ZodType): MethodDecorator => ApiBody({ schema: schemaOf(schema) });

export const ApiAnswered = (object: string, required: string[]): MethodDecorator =>
  ApiOkResponse({
    description: 'As OpenAI describes it.',
    content: { 'application/json': { schema: answerSchema(object, required) } },
  });

export const ApiEmbeddings = (): MethodDecorator =>
  applyDecorators(
    ApiBody({ schema: schemaOf(embeddingRequestSchema) }),
    ApiOkResponse({
      description: 'A list of `embedding`, in the order of the input.',
      content: { 'application/json': { schema: answerSchema('list', ['data', 'model', 'usage']) } },
    }),
  );

type Schema = Extract<Parameters<typeof ApiBody>[0], { schema: unknown }>['schema'];

/** What is read is what is described. */
function schemaOf(schema: z.ZodType): Schema {
  const { $schema: _, ...described } = z.toJSONSchema(schema, { io: 'input' });
  return described as Schema;
}

function answerSchema(object: string, required: string[]) {
  return {
    type: 'object' as const,
    description: 'As OpenAI describes it.',
    properties: { object: { type: 'string' as const, enum: [object] } },
    required: ['object', ...required],
    additionalProperties: true,
  };
}
