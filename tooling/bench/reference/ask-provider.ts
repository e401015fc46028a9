import { once } from 'node:events';
import { type Dispatcher, request } from 'undici';
import { SseSplitter } from '../load/sse-splitter.js';
import type { Message } from './reference-store.js';

interface Question {
  /** Origin, without a path. */
  providerUrl: string;
  model: string;
  messages: readonly Message[];
  dispatcher: Dispatcher;
}

/**
 * Asks in OpenAI's wire format and tells each text as it comes.
 * @throws Error when the provider refuses, or its stream does not end as it has to
 */
export async function askProvider(question: Question, onText: (text: string) => void): Promise<void> {
  const { providerUrl, model, messages, dispatcher } = question;
  const { statusCode, body } = await request(`${providerUrl}/v1/chat/completions`, {
    dispatcher,
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer simulated' },
    body: JSON.stringify({ model, messages, stream: true }),
  });
  if (statusCode !== 200) throw new Error(`the provider answered ${statusCode}: ${await body.text()}`);
  const splitter = new SseSplitter();
  let done = false;
  body.setEncoding('utf8');
  // Costs less than an async iterator, and there may be one piece a token.
  body.on('data', (piece: string) => {
    try {
      for (const frame of splitter.split(piece)) {
        const data = frame.slice('data: '.length);
        if (data === '[DONE]') done = true;
        else tell(JSON.parse(data), onText);
      }
    } catch (error) {
      body.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  });
  await once(body, 'end');
  if (!done) throw new Error("the provider's stream ended before [DONE]");
}

function tell(chunk: { choices?: { delta?: { content?: string } }[]; error?: object }, onText: (text: string) => void) {
  if (chunk.error) throw new Error(`the provider failed: ${JSON.stringify(chunk.error)}`);
  const text = chunk.choices?.[0]?.delta?.content;
  if (text) onText(text);
}
