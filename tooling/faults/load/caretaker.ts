import { Random } from '../random.js';
import type { LoadTenant } from '../stack/tenants.js';
import type { History } from './history.js';
import { sendRequest } from './request.js';
import { sendUntilAnswered } from './send-until-answered.js';

export interface CaretakerOptions {
  urls: readonly string[];
  tenants: readonly LoadTenant[];
  history: History;
}

interface Waiting {
  id: string;
  arguments: { call?: string; question?: string };
}

/** Who goes through the inboxes when everybody has left, and says no: a run whose person never learned of it would wait for days. */
export class Caretaker {
  readonly #options: CaretakerOptions;
  readonly #random = new Random(1);

  constructor(options: CaretakerOptions) {
    this.#options = options;
  }

  async look(): Promise<void> {
    const { urls, tenants } = this.#options;
    for (const { apiKey } of tenants) {
      const path = '/api/approvals?state=pending';
      const answer = await sendRequest({ url: this.#random.pick(urls), path, apiKey }).catch(() => undefined);
      const inbox = (await answer?.json().catch(() => undefined)) as { data?: Waiting[] } | undefined;
      for (const waiting of inbox?.data ?? []) await this.#reject(waiting, apiKey);
    }
  }

  async #reject({ id: approvalId, arguments: { call, question } }: Waiting, apiKey: string): Promise<void> {
    const { urls, history } = this.#options;
    const name = call ?? question ?? '';
    const by = 'caretaker';
    const entry = { case: caseOfCall(name), approvalId, by };
    history.add({ ...entry, type: 'decide', call: name, verb: 'reject', edited: false });
    const request = {
      path: `/api/approvals/${approvalId}`,
      method: 'POST' as const,
      apiKey,
      body: { decision: 'reject', decided_by: by },
    };
    const onUnknown = (reason: string) => history.add({ ...entry, type: 'decided', outcome: 'unknown', reason });
    const answered = await sendUntilAnswered(request, { urls, random: this.#random, onUnknown });
    if (answered) history.add({ ...entry, type: 'decided', outcome: answered.ok ? 'ok' : 'fail' });
  }
}

/** The person's case at the top of those whose calls asked for others. */
function caseOfCall(call: string): string {
  return call.replace(/(?:\.\d+\.\d+)*\/.*$/, '');
}
