import { setTimeout as sleep } from 'node:timers/promises';
import type { LimitPart } from './limit-parts.js';
import type { LimitsStand } from './limits-stand.js';
import { type LoadTenant, makeTenant, startRun } from './load-tenants.js';

/** The first run of a tenant that comes while all others wait. */
export interface FirstRun {
  background: boolean;
  /** From the request to the arrival at the provider. */
  delayMs: number;
  /** Calls of the others that arrived in between: of the tenant that had most of them. */
  turns: number;
  /** Of all. */
  callsBefore: number;
}

/** As many of the provider's newest calls as may have come since a newcomer's own. */
const LOOKED_AT = 1_500;
const LOOK_EVERY_MS = 250;
const ARRIVES_WITHIN_MS = 60_000;

/** Sends the first run of a new tenant and finds out who went before it. */
export async function sendFirstRun(
  stand: LimitsStand,
  part: LimitPart,
  { name, background }: { name: string; background: boolean },
): Promise<FirstRun> {
  const tenant: LoadTenant = await makeTenant(stand, name);
  let sentAt = 0;
  const onSend = () => {
    sentAt = Date.now();
  };
  const [tokens = 1] = part.answerTokens;
  await startRun(stand.server.url, { tenant, tokens, background, onSend });
  for (let end = Date.now() + ARRIVES_WITHIN_MS; Date.now() < end; await sleep(LOOK_EVERY_MS)) {
    const calls = await stand.provider.calls(LOOKED_AT);
    const own = calls.find(({ text }) => text.startsWith(`${name}:`));
    if (own === undefined) continue;
    const before = calls.filter(({ receivedAt, text }) => {
      return receivedAt > sentAt && receivedAt < own.receivedAt && !text.startsWith(`${name}:`);
    });
    const byTenant = Map.groupBy(before, ({ text }) => text.slice(0, text.indexOf(':')));
    const turns = Math.max(0, ...[...byTenant.values()].map((some) => some.length));
    return { background, delayMs: own.receivedAt - sentAt, turns, callsBefore: before.length };
  }
  throw new Error(`the first run of ${name} did not reach the provider within ${ARRIVES_WITHIN_MS / 1_000} s`);
}
