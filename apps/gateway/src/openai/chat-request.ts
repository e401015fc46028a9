import type { JsonObject } from '@troupe/contracts';
import { z } from 'zod';

const jsonObject = z.record(z.string(), z.unknown()).transform((value) => value as JsonObject);

const textPart = z.object({ type: z.literal('text'), text: z.string() });
const imagePart = z.object({ type: z.literal('image_url'), image_url: z.object({ url: z.string() }) });
const filePart = z.object({
  type: z.literal('file'),
  file: z.object({ filename: z.string().nullish(), file_data: z.string().nullish() }),
});
const refusalPart = z.object({ type: z.literal('refusal'), refusal: z.string() });

const texts = z.union([z.string(), z.array(textPart)]);

const toolCall = z.object({
  id: z.string(),
  type: z.literal('function'),
  function: z.object({ name: z.string(), arguments: z.string() }),
});

const message = z.discriminatedUnion('role', [
  z.object({ role: z.literal('system'), content: texts }),
  z.object({ role: z.literal('developer'), content: texts }),
  z.object({
    role: z.literal('user'),
    content: z.union([z.string(), z.array(z.discriminatedUnion('type', [textPart, imagePart, filePart]))]),
  }),
  z.object({
    role: z.literal('assistant'),
    content: z.union([z.string(), z.array(z.discriminatedUnion('type', [textPart, refusalPart]))]).nullish(),
    tool_calls: z.array(toolCall).nullish(),
  }),
  z.object({ role: z.literal('tool'), tool_call_id: z.string(), content: texts }),
]);

const tool = z.object({
  type: z.literal('function'),
  function: z.object({
    name: z.string().min(1),
    description: z.string().nullish(),
    parameters: jsonObject.nullish(),
  }),
});

const namedTool = z.object({ type: z.literal('function'), function: z.object({ name: z.string() }) });

const toolChoice = z.union([
  z.enum(['auto', 'none', 'required']),
  z.discriminatedUnion('type', [
    namedTool,
    z.object({
      type: z.literal('allowed_tools'),
      allowed_tools: z.object({ mode: z.enum(['auto', 'required']), tools: z.array(namedTool).min(1) }),
    }),
  ]),
]);

const responseFormat = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('json_object') }),
  z.object({ type: z.literal('json_schema'), json_schema: z.object({ name: z.string(), schema: jsonObject }) }),
]);

/** Body of `POST /v1/chat/completions`, as much of it as means something here. Null is an absent field. */
export const chatRequestSchema = z.object({
  model: z
    .string()
    .min(1)
    .max(300)
    .describe('`agent/<slug>` for a run of an agent, `provider/model` for a model as it is.'),
  messages: z
    .array(message)
    .min(1)
    .describe('The conversation. With a thread, only what follows the last answer is new.'),
  stream: z.boolean().nullish().describe('Answer with server-sent events.'),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  n: z.literal(1, { error: 'must be 1; ask once for each answer that you want' }).nullish(),
  user: z.string().max(200).nullish().describe("The end user, by the application's own id."),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  max_tokens: z.int().min(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
  reasoning_effort: z.string().nullish(),
  tools: z.array(tool).nullish(),
  functions: z
    .array(z.unknown())
    .max(0, { error: 'is what tools were called before; send them as `tools`' })
    .nullish()
    .describe('Not understood any more: use `tools`.'),
  tool_choice: toolChoice.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  response_format: responseFormat.nullish(),
});

export type ChatRequest = z.infer<typeof chatRequestSchema>;
/** How an answer is to be made, whatever was said. */
export type ChatSettings = Omit<ChatRequest, 'model' | 'messages' | 'stream' | 'stream_options' | 'n' | 'user'>;
export type ChatMessage = ChatRequest['messages'][number];
