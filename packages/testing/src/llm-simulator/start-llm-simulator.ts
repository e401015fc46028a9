import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerOtherRoute } from './answer-other-route.js';
import { answerBatchedRequest } from './batches/answer-batched-request.js';
import { BatchRoutes } from './batches/batch-routes.js';
import type { BatchBehavior, SimulatedBatch } from './batches/simulated-batch.js';
import { ControlEndpoint, controlPrefix } from './control-endpoint.js';
import { Exchange } from './exchange.js';
import { anthropicMessagesFormat } from './formats/anthropic-messages-format.js';
import { ollamaChatFormat } from './formats/ollama-chat-format.js';
import { openAiChatFormat } from './formats/openai-chat-format.js';
import { openAiResponsesFormat } from './formats/openai-responses-format.js';
import { openRouterChatFormat } from './formats/openrouter-chat-format.js';
import type { WireFormat } from './formats/wire-format.js';
import { limitHeaders } from './limits/limit-headers.js';
import { LimitMeter } from './limits/limit-meter.js';
import type { LimitReadings, SimulatedLimits } from './limits/simulated-limits.js';
import { parseBody, readBody } from './read-body.js';
import type { RecordedRequest } from './recording/recorded-request.js';
import type { SimulatorStats } from './recording/request-recorder.js';
import { RequestRecorder } from './recording/request-recorder.js';
import { ReplyChooser } from './replies/choose-reply.js';
import { resolveReply } from './replies/resolve-reply.js';
import type { SimulatedReply } from './replies/simulated-reply.js';
import { asRejectedRequest, RejectedRequest } from './requests/rejected-request.js';
import type { SimulatedProvider } from './simulated-request.js';
import type { SimulatorRule } from './simulator-rule.js';
import { writeError, writeReply } from './write-reply.js';

export interface LlmSimulatorOptions {
  /** 0, the default, takes a free port. */
  port?: number;
  /** Default 127.0.0.1. */
  host?: string;
  rules?: SimulatorRule[];
  /** Under every reply: usually pacing. */
  defaults?: SimulatedReply;
  /** With a key, requests without it are refused as the vendors do (Ollama knows no keys). Default: any or none. */
  apiKey?: string;
  /** How many requests are kept for reading; all of them are counted. Default 2,000. */
  keepRequests?: number;
  /** Length of the sliding windows, of the limits too. Default 60,000. */
  windowMs?: number;
  /** Requests above these are refused with 429, as the vendors do. Default: none is. */
  limits?: SimulatedLimits;
}

export interface LlmSimulator {
  url: string;
  /** As each vendor's SDK or adapter expects its base URL. */
  baseUrls: Record<SimulatedProvider, string>;
  /** The last requests, oldest first, those still open included. */
  readonly requests: readonly RecordedRequest[];
  stats(): SimulatorStats;
  /** What a vendor's limits would count, with or without limits set. */
  limits(): LimitReadings;
  /** Batches that were accepted, oldest first. */
  readonly batches: readonly SimulatedBatch[];
  /** What becomes of the next batches, one each. */
  scriptBatches(...behaviors: BatchBehavior[]): void;
  /** The next requests get these replies, one each, before any rule is looked at. */
  script(...replies: SimulatedReply[]): void;
  /** Replaces all rules; the first that matches answers. */
  setRules(rules: SimulatorRule[]): void;
  /** Forgets requests, counts and script, and goes back to the rules of the start. */
  reset(): void;
  /** Closes all connections at once, open requests included. */
  close(): Promise<void>;
}

const formats: Record<string, WireFormat> = {
  'POST /v1/chat/completions': openAiChatFormat,
  'POST /v1/responses': openAiResponsesFormat,
  'POST /v1/messages': anthropicMessagesFormat,
  'POST /api/v1/chat/completions': openRouterChatFormat,
  'POST /api/chat': ollamaChatFormat,
};

/** Starts a server that speaks four vendors' wire formats on one port. */
export async function startLlmSimulator(options: LlmSimulatorOptions = {}): Promise<LlmSimulator> {
  const { port = 0, host = '127.0.0.1', rules = [], defaults = {}, apiKey, keepRequests = 2_000 } = options;
  const windowMs = options.windowMs ?? 60_000;
  const recorder = new RequestRecorder(keepRequests, windowMs);
  const newMeter = () => new LimitMeter(options.limits ?? {}, windowMs);
  let meter = newMeter();
  const chooser = new ReplyChooser(defaults);
  chooser.setRules(rules);
  const reset = () => {
    recorder.reset();
    meter = newMeter();
    batchRoutes.reset();
    chooser.clear();
    chooser.setRules(rules);
  };
  const control = new ControlEndpoint(recorder, chooser, reset, () => meter.read(Date.now()));
  // Ids must differ between simulators, or a thread that outlives one would meet the same call id twice.
  const idPrefix = `sim${randomBytes(6).toString('hex')}`;
  let batched = 0;
  const batchRoutes = new BatchRoutes({
    idPrefix,
    answer: (provider, request) => {
      const format = formats[`POST ${request.path}`];
      if (format === undefined || format.provider !== provider) throw new Error(`no batches of ${request.path}`);
      batched += 1;
      return answerBatchedRequest(request, { format, chooser, id: `${idPrefix}b${batched.toString(36)}` });
    },
    checkKey: (provider, message) => checkKey(provider, message, apiKey),
  });

  const answer = async (format: WireFormat, message: IncomingMessage, response: ServerResponse) => {
    const record = recorder.start(format.provider, message);
    const exchange = new Exchange(response, record, () => recorder.end(record));
    const id = `${idPrefix}${record.number.toString(36).padStart(7, '0')}`;
    try {
      const text = await readBody(message);
      record.body = text;
      const body = parseBody(text);
      record.body = body;
      checkKey(format.provider, message, apiKey);
      const request = format.readRequest(body, message.headers);
      record.request = request;
      const reply = chooser.choose(request, message.headers);
      const resolved = resolveReply(request, reply, id, Math.floor(record.receivedAt / 1000));
      recorder.read(record, request, resolved.usage);
      const { inputTokens, outputTokens } = resolved.usage;
      const allowances = meter.arrive(record.receivedAt, inputTokens + outputTokens);
      const headers = { ...limitHeaders(format.provider, allowances, record.receivedAt), ...reply.headers };
      const { refusedForMs } = allowances;
      if (refusedForMs !== undefined) {
        const refusal = { headers, retryAfter: Math.ceil(refusedForMs / 1_000) };
        return writeError(exchange, format, id, { status: 429 }, refusal);
      }
      await writeReply(exchange, { format, request, reply: { ...reply, headers }, resolved });
    } catch (error) {
      writeError(exchange, format, id, asRejectedRequest(error));
    }
  };

  const server = createServer((message, response) => {
    const path = message.url?.split('?', 1)[0] ?? '';
    const format = formats[`${message.method} ${path}`];
    if (format !== undefined) void answer(format, message, response);
    else if (path.startsWith(controlPrefix)) void control.handle(message, response);
    else if (batchRoutes.knows(path)) void batchRoutes.handle(message, response);
    else void answerOtherRoute(`${message.method} ${path}`, message, response);
  });
  // Clients keep connections for longer than node's 5 s and would meet a reset in between.
  server.keepAliveTimeout = 120_000;
  server.listen(port, host);
  await once(server, 'listening');
  const url = `http://${host}:${(server.address() as AddressInfo).port}`;

  return {
    url,
    baseUrls: { openai: `${url}/v1`, anthropic: url, openrouter: `${url}/api/v1`, ollama: url },
    get requests() {
      return recorder.requests;
    },
    stats: () => recorder.stats(),
    limits: () => meter.read(Date.now()),
    get batches() {
      return batchRoutes.batches;
    },
    scriptBatches: (...behaviors) => batchRoutes.script(behaviors),
    script: (...replies) => chooser.addScript(replies),
    setRules: (next) => chooser.setRules(next),
    reset,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function checkKey(provider: SimulatedProvider, message: IncomingMessage, apiKey: string | undefined): void {
  if (apiKey === undefined || provider === 'ollama') return;
  const { authorization } = message.headers;
  const sent = message.headers['x-api-key'] ?? authorization?.replace(/^Bearer /i, '');
  if (sent !== apiKey) throw new RejectedRequest(401, 'Incorrect API key provided.');
}
