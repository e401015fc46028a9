import { z } from 'zod';

const names = z.record(z.string(), z.string());
const count = z.number().int().nonnegative();

const requestSchema = z.strictObject({
  method: z.string(),
  /** With the query. */
  path: z.string(),
  /** Only those that the caller wants compared, by lower-case name. */
  headers: names.optional(),
  /** The body, in the one of three forms that is easiest to read; absent when there is none. */
  json: z.json().optional(),
  text: z.string().optional(),
  base64: z.string().optional(),
});

const responseSchema = z.strictObject({
  status: z.number().int().min(200).max(599),
  /** Milliseconds from the request to the headers. */
  after_ms: count,
  headers: names,
  /** All bytes that came: as text, or in base64 when they are no UTF-8. */
  text: z.string().optional(),
  base64: z.string().optional(),
  /** How they came: the pause before each piece in milliseconds, and its length in bytes. */
  chunks: z.array(z.tuple([count, count])),
  /**
   * `complete`; `cut`: the provider broke the connection; `client_left`: the client did, and is left waiting when the
   * answer is replayed, as it was.
   */
  ending: z.enum(['complete', 'cut', 'client_left']),
});

export const exchangeSchema = z.strictObject({ request: requestSchema, response: responseSchema });

/** A request as a cassette keeps it, free of secrets. */
export type CassetteRequest = z.infer<typeof requestSchema>;

/** An answer as a cassette keeps it, free of secrets. */
export type CassetteResponse = z.infer<typeof responseSchema>;

export type CassetteExchange = z.infer<typeof exchangeSchema>;
