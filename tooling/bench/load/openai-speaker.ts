import type { HttpConnection, HttpRequest } from './http-connection.js';
import type { LoadJob } from './load-job.js';
import { readJson, readStream } from './read-answer.js';
import { type ReplyMeasure, startMeasure } from './reply-measure.js';
import type { Speaker } from './speaker.js';
import { fieldOf } from './sse-splitter.js';

const CALCULATE = {
  type: 'function',
  function: {
    name: 'calculate',
    description: 'Evaluates an arithmetic expression.',
    parameters: { type: 'object', properties: { expression: { type: 'string' } }, required: ['expression'] },
  },
};

/** Asks the provider itself, keeping conversation and tool round on this side, as an application without a server would. */
export class OpenAiSpeaker implements Speaker {
  readonly #job: LoadJob;
  #messages: object[] = [];
  #questions = 0;

  constructor(job: LoadJob) {
    this.#job = job;
  }

  async ask(connection: HttpConnection): Promise<ReplyMeasure> {
    const { oneConversation, toolRound } = this.#job;
    this.#questions += 1;
    if (!oneConversation) this.#messages = [];
    this.#messages.push({ role: 'user', content: `Tell me a story, part ${this.#questions}.` });
    const measure = startMeasure();
    if (toolRound) await this.#callTool(connection, measure);
    if (measure.problem === undefined) await this.#answer(connection, measure);
    this.#messages.push({ role: 'assistant', content: measure.pieces.map((piece) => piece.text).join('') });
    return measure;
  }

  async #answer(connection: HttpConnection, measure: ReplyMeasure): Promise<void> {
    if (this.#job.stream) await readStream(connection, this.#request(), measure, readFrame);
    else await readJson(connection, this.#request(), measure, readText);
  }

  async #callTool(connection: HttpConnection, measure: ReplyMeasure): Promise<void> {
    let id: string | undefined;
    await readStream(connection, this.#request(), measure, (frame) => {
      id ??= /"tool_calls":\[\{[^}]*?"id":"([^"]+)"/.exec(frame)?.[1];
      return undefined;
    });
    if (id === undefined) {
      measure.problem ??= 'the provider asked for no tool';
      return;
    }
    const call = { id, type: 'function', function: { name: 'calculate', arguments: '{"expression":"6*7"}' } };
    this.#messages.push(
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: id, content: '42' },
    );
  }

  #request(): HttpRequest {
    const { url, apiKey, model, stream, toolRound } = this.#job;
    return {
      method: 'POST',
      url: new URL('/v1/chat/completions', url),
      headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
      body: JSON.stringify({
        model,
        messages: this.#messages,
        ...(stream && { stream, stream_options: { include_usage: true } }),
        ...(toolRound && { tools: [CALCULATE] }),
      }),
    };
  }
}

/** Looks for the one field instead of parsing all of a chunk: the client must stay cheaper than what it measures. */
function readFrame(frame: string, measure: ReplyMeasure): string | undefined {
  const start = frame.indexOf('"content":"');
  if (start >= 0) {
    const from = start + '"content":"'.length;
    return unquoted(frame, from) || undefined;
  }
  if (fieldOf(frame, 'data')?.startsWith('{"error"')) measure.problem = frame;
  return undefined;
}

function readText(body: string): string | undefined {
  return JSON.parse(body).choices[0].message.content ?? undefined;
}

/** The JSON string whose text starts at the position. */
export function unquoted(json: string, from: number): string {
  let end = json.indexOf('"', from);
  if (json.indexOf('\\', from) === -1 || json.indexOf('\\', from) > end) return json.slice(from, end);
  while (/(?<!\\)(?:\\\\)*\\$/.test(json.slice(from, end))) end = json.indexOf('"', end + 1);
  return JSON.parse(`"${json.slice(from, end)}"`);
}
