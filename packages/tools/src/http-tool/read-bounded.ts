export class AnswerTooLong extends Error {}

/**
 * The body as text.
 * @throws AnswerTooLong when it is longer than `maxBytes`; nothing more is read then.
 */
export async function readBounded(response: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength;
    if (length > maxBytes) throw new AnswerTooLong(`The answer of the tool is longer than ${maxBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
