import { z } from 'zod';

const count = z.number().int().nonnegative();
const milliseconds = z.number().nonnegative();

/**
 * What the simulator answers. Every field is optional: a reply says only what differs from the default answer, so
 * `{ delayMs: 200 }` is the default text, late.
 */
export const simulatedReplySchema = z.strictObject({
  text: z.string().optional(),
  /** Answer with exactly so many tokens of filler. `text` wins over it. */
  tokens: count.optional(),
  toolCalls: z
    .array(
      z.strictObject({
        name: z.string(),
        /** An object, or a string that is sent as it is (to send arguments that are not JSON). */
        arguments: z.union([z.record(z.string(), z.unknown()), z.string()]),
        id: z.string().optional(),
      }),
    )
    .optional(),
  /** Thinking, streamed before the text. OpenAI's chat format counts it in the usage and does not show it. */
  reasoning: z.string().optional(),
  usage: z
    .strictObject({
      /** All input tokens, cached and cache-written ones included. */
      inputTokens: count.optional(),
      cachedTokens: count.optional(),
      cacheWriteTokens: count.optional(),
      /** All output tokens, reasoning included. */
      outputTokens: count.optional(),
      reasoningTokens: count.optional(),
      /** US dollars; only OpenRouter reports it. */
      cost: z.number().nonnegative().optional(),
    })
    .optional(),
  /** `stop`, `length`, `tool_calls`, `content_filter` and `refusal` are translated; anything else is sent as it is. */
  stopReason: z.string().optional(),
  /** Time to the first token. */
  delayMs: milliseconds.optional(),
  /** Time between two tokens. An answer that is not streamed waits for all of them. */
  tokenDelayMs: milliseconds.optional(),
  /** An HTTP error in the vendor's own body. */
  status: z.number().int().min(400).max(599).optional(),
  /** Seconds, sent as `retry-after` with an error status. */
  retryAfter: z.number().nonnegative().optional(),
  errorMessage: z.string().optional(),
  /** The vendor's error code or type, such as `context_length_exceeded`. */
  errorCode: z.string().optional(),
  /** Response headers added to the vendor's. */
  headers: z.record(z.string(), z.string()).optional(),
  /** Close the socket after so many tokens, without a terminal event. */
  cutAfter: count.optional(),
  /** Go silent, before the response headers or after so many tokens, until the client gives up. */
  hang: z.union([z.literal('before_headers'), count]).optional(),
  /**
   * `json`: a body that is not JSON; `html`: a proxy's error page; `empty`: nothing;
   * `sse`: a stream with a broken line after its first token.
   */
  garbage: z.enum(['json', 'html', 'empty', 'sse']).optional(),
  /** Write the body in pieces of so many bytes, which falls inside lines and UTF-8 sequences. */
  splitBytes: z.number().int().positive().optional(),
  /** Send the vendor's in-stream error after so many tokens, under HTTP 200. */
  errorAfter: count.optional(),
});

export type SimulatedReply = z.infer<typeof simulatedReplySchema>;
