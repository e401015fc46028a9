import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../random.js';
import { type ApiRequest, type RunAnswer, readRunAnswer, sendRequest } from './request.js';

export interface SendUntilAnsweredOptions {
  /** Gateways, any of which may be asked. */
  urls: readonly string[];
  random: Random;
  /** How long somebody insists, in milliseconds; 20,000 unless told. */
  insistForMs?: number;
  /** Told each time that nobody knows what came of it. */
  onUnknown(reason: string): void;
}

/** Sends until somebody answers with something else than a server's trouble; undefined when nobody does in time. */
export async function sendUntilAnswered(
  request: Omit<ApiRequest, 'url'>,
  { urls, random, insistForMs = 20_000, onUnknown }: SendUntilAnsweredOptions,
): Promise<(Omit<RunAnswer, 'status'> & { ok: boolean; status: number }) | undefined> {
  const end = Date.now() + insistForMs;
  while (Date.now() < end) {
    try {
      const { answer, body } = await send({ ...request, url: random.pick(urls) });
      if (answer.status < 500) return { ...body, ok: answer.ok, status: answer.status };
      onUnknown(`${answer.status} ${body.code}`);
    } catch (error) {
      onUnknown(String(error));
    }
    await sleep(random.integer(100, 500));
  }
  return undefined;
}

async function send(request: ApiRequest): Promise<{ answer: Response; body: RunAnswer }> {
  const answer = await sendRequest(request);
  return { answer, body: await readRunAnswer(answer) };
}
