import type { JsonObject } from '@troupe/contracts';
import { z } from 'zod';

const jsonObject = z.record(z.string(), z.unknown()).transform((value) => value as JsonObject);

const text = z.object({ type: z.enum(['input_text', 'output_text', 'text']), text: z.string() });
const refusal = z.object({ type: z.literal('refusal'), refusal: z.string() });
const image = z.object({ type: z.literal('input_image'), image_url: z.string().nullish() });
const file = z.object({
  type: z.literal('input_file'),
  filename: z.string().nullish(),
  file_data: z.string().nullish(),
});

const texts = z.union([z.string(), z.array(text)]);

/** Messages may leave out that they are. */
const isMessage = z
  .literal('message')
  .optional()
  .transform(() => 'message' as const);

const message = z.discriminatedUnion('role', [
  z.object({ type: isMessage, role: z.literal('system'), content: texts }),
  z.object({ type: isMessage, role: z.literal('developer'), content: texts }),
  z.object({
    type: isMessage,
    role: z.literal('user'),
    content: z.union([z.string(), z.array(z.discriminatedUnion('type', [text, image, file]))]),
  }),
  z.object({
    type: isMessage,
    role: z.literal('assistant'),
    content: z.union([z.string(), z.array(z.discriminatedUnion('type', [text, refusal]))]),
  }),
]);

/** What a client says, or says that was said. */
export const inputItem = z.discriminatedUnion('type', [
  message,
  z.object({ type: z.literal('function_call'), call_id: z.string(), name: z.string(), arguments: z.string() }),
  z.object({ type: z.literal('function_call_output'), call_id: z.string(), output: texts }),
  // Thoughts are shown, and mean nothing to whoever did not think them.
  z.object({ type: z.literal('reasoning') }),
  z.object({ type: z.literal('item_reference'), id: z.string() }),
]);

const namedTool = z.object({ type: z.literal('function'), name: z.string() });

const tool = z.object({
  type: z.literal('function', {
    error: 'only tools of type "function" are known here; others, such as web_search, run at OpenAI',
  }),
  name: z.string().min(1),
  description: z.string().nullish(),
  parameters: jsonObject.nullish(),
  strict: z.boolean().nullish(),
});

const toolChoice = z.union([
  z.enum(['auto', 'none', 'required']),
  z.discriminatedUnion('type', [
    namedTool,
    z.object({
      type: z.literal('allowed_tools'),
      mode: z.enum(['auto', 'required']),
      tools: z.array(namedTool).min(1),
    }),
  ]),
]);

const format = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('json_object') }),
  z.object({
    type: z.literal('json_schema'),
    name: z.string(),
    schema: jsonObject,
    description: z.string().nullish(),
    strict: z.boolean().nullish(),
  }),
]);

/** Body of `POST /v1/responses`, as much of it as means something here. Null is an absent field. */
export const responseRequestSchema = z.object({
  model: z
    .string()
    .min(1)
    .max(300)
    .describe('`agent/<slug>` for a run of an agent, `provider/model` for a model as it is.'),
  input: z
    .union([z.string(), z.array(inputItem).min(1)])
    .describe('What is new: a text, or items. Items of type `reasoning` are left out.'),
  instructions: z
    .string()
    .nullish()
    .describe('Of a model: what it is to do. Of an agent: part of a thread that begins.'),
  previous_response_id: z.string().nullish().describe('Goes on from this response; of an agent, on its thread.'),
  conversation: z
    .union([z.string().min(1).max(200), z.object({ id: z.string().min(1).max(200) })])
    .nullish()
    .describe("Agents: the thread, as `conv_…` or by the application's own name."),
  store: z.boolean().nullish().describe('Models: `false` keeps nothing. Agents: their threads are always kept.'),
  background: z.boolean().nullish().describe('Agents: answer at once; the response is read by its id.'),
  stream: z.boolean().nullish().describe('Answer with server-sent events.'),
  user: z.string().max(200).nullish().describe("The end user, by the application's own id."),
  metadata: z.record(z.string(), z.string()).nullish().describe('Given back as it is.'),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  max_output_tokens: z.int().min(1).nullish(),
  reasoning: z.object({ effort: z.string().nullish(), summary: z.string().nullish() }).nullish(),
  tools: z.array(tool).nullish(),
  tool_choice: toolChoice.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  text: z.object({ format: format.nullish() }).nullish(),
});

export type ResponseRequest = z.infer<typeof responseRequestSchema>;
export type InputItem = Exclude<ResponseRequest['input'], string>[number];
export type InputMessage = Extract<InputItem, { type: 'message' }>;
