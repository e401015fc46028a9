import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../random.js';
import { DECIDE_WITHIN_SECONDS } from './agents.js';
import { replyTo } from './case-message.js';
import type { History, SeenEvent, Verb } from './history.js';
import { sendUntilAnswered } from './send-until-answered.js';

export interface DeciderOptions {
  urls: readonly string[];
  apiKey: string;
  random: Random;
  history: History;
  caseId: string;
}

/** What an event says about a call that waits. */
interface Asked {
  approval_id: string;
  kind: 'tool' | 'input';
  expires_at: string;
  arguments: { call?: string; question?: string };
  /** In the log of the run at the top: the run below it that waits. */
  run_id?: string;
}

interface Decision {
  verb: Verb;
  /** Of an approval: the arguments are changed. */
  edited: boolean;
  by: string;
  afterMs: number;
}

const CHANCE = { leftAlone: 0.08, late: 0.25, edited: 0.3, rejected: 0.3, raced: 0.2, keyed: 0.5 };
/** Most decide at once; the others around the moment when it is too late. Milliseconds. */
const SOON_MS = [0, 1_200] as const;
const LATE_MS = [DECIDE_WITHIN_SECONDS * 700, DECIDE_WITHIN_SECONDS * 1_300] as const;
/** What expires later than this is always decided, or its run would wait for ever. Milliseconds. */
const SOON_EXPIRED_MS = 60_000;

/** A run would wait for ever for somebody who gave up before the gateways were back. Milliseconds. */
const INSIST_FOR_MS = 120_000;

/** The people who are asked by the runs of one case: they decide once, late, differently at the same time, or never. */
export class Decider {
  readonly #options: DeciderOptions;
  readonly #decisions = new Map<string, Promise<unknown>>();

  constructor(options: DeciderOptions) {
    this.#options = options;
  }

  hear([, , type, data]: SeenEvent): void {
    if (type !== 'approval.requested') return;
    const asked = JSON.parse(data) as Asked;
    if (this.#decisions.has(asked.approval_id)) return;
    // By the name of the call, so that the order in which events come changes nothing.
    const random = this.#options.random.fork(callOf(asked));
    const decisions = draw(asked, random);
    this.#decisions.set(asked.approval_id, Promise.all(decisions.map((one) => this.#decide(asked, one, random))));
  }

  /** Resolves when everybody who wanted to decide has done so. */
  async settled(): Promise<void> {
    await Promise.all(this.#decisions.values());
  }

  async #decide(asked: Asked, { verb, edited, by, afterMs }: Decision, random: Random): Promise<void> {
    const { history, caseId, urls, apiKey } = this.#options;
    const { approval_id: approvalId, run_id } = asked;
    const call = callOf(asked);
    await sleep(afterMs);
    history.add({ type: 'decide', case: caseId, approvalId, call, by, verb, edited });
    const ofRun = run_id === undefined ? '' : `/runs/${run_id}`;
    const onUnknown = (reason: string) =>
      history.add({ type: 'decided', case: caseId, approvalId, by, outcome: 'unknown', reason });
    const request = {
      path: `/api${ofRun}/approvals/${approvalId}`,
      method: 'POST' as const,
      apiKey,
      body: {
        decision: verb,
        decided_by: by,
        ...(edited && { arguments: { call, by } }),
        ...(verb === 'answer' && { answer: replyTo(call) }),
      },
      ...(random.chance(CHANCE.keyed) && { idempotencyKey: `${approvalId}-${by}` }),
    };
    const answered = await sendUntilAnswered(request, { urls, random, insistForMs: INSIST_FOR_MS, onUnknown });
    if (!answered) return;
    const outcome = answered.ok ? 'ok' : 'fail';
    const reason = `${answered.status} ${answered.code}`;
    history.add({ type: 'decided', case: caseId, approvalId, by, outcome, reason });
  }
}

function draw({ kind, expires_at }: Asked, random: Random): Decision[] {
  const expires = Date.parse(expires_at) - Date.now() < SOON_EXPIRED_MS;
  if (expires && random.chance(CHANCE.leftAlone)) return [];
  const afterMs = random.integer(...(random.chance(CHANCE.late) ? LATE_MS : SOON_MS));
  const yes: Verb = kind === 'tool' ? 'approve' : 'answer';
  const rejects = random.chance(CHANCE.rejected);
  const edited = random.chance(CHANCE.edited) && kind === 'tool';
  const ada: Decision = { verb: rejects ? 'reject' : yes, edited: edited && !rejects, by: 'ada', afterMs };
  if (!random.chance(CHANCE.raced)) return [ada];
  return [ada, { verb: rejects ? yes : 'reject', edited: edited && rejects, by: 'ben', afterMs }];
}

function callOf({ arguments: { call, question } }: Asked): string {
  return call ?? question ?? '';
}
