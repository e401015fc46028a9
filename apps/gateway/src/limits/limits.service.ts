import { Inject, Injectable } from '@nestjs/common';
import {
  LIMIT_NUMBERS,
  type Limit,
  type LimitKey,
  type LimitNumbers,
  type LimitSource,
  nearMatches,
  TroupeError,
} from '@troupe/contracts';
import { Database, LimitRules, LimitTable, listLimits, removeLimit, setLimit } from '@troupe/database';
import type { ModelCatalog } from '@troupe/spec';
import { fieldError, invalidRequest } from '../errors/invalid-request.js';
import { MODELS } from '../tokens.js';
import { HeldRuns } from './held-runs.js';
import type { LimitKeyDto } from './limit-key.dto.js';
import { limitName } from './limit-name.js';
import { providerAccounts, unknownProvider } from './provider-accounts.js';
import type { SetLimitDto } from './set-limit.dto.js';

/** Where a limit that was not set by API is changed. */
const PLACES: Record<Exclude<LimitSource, 'api'>, string> = {
  file: 'the file of TROUPE_LIMITS_FILE',
  environment: 'the variable LIMITS',
};

/** The limits of the installation. A change holds in every process within seconds, in this one at once. */
@Injectable()
export class LimitsService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(LimitTable) private readonly table: LimitTable,
    @Inject(MODELS) private readonly models: ModelCatalog,
    @Inject(HeldRuns) private readonly heldRuns: HeldRuns,
  ) {}

  async list(): Promise<readonly Limit[]> {
    const stored = await listLimits(this.database);
    return new LimitRules([...this.table.configured, ...stored.map((rule) => ({ ...rule, source: 'api' as const }))])
      .all;
  }

  /** @throws TroupeError `invalid_request` */
  async set(body: SetLimitDto): Promise<Limit> {
    const numbers = numbersOf(body);
    if (Object.keys(numbers).length === 0) {
      throw invalidRequest([fieldError([], `At least one of ${LIMIT_NUMBERS.join(', ')} is needed.`)]);
    }
    const key = await this.checkedKey(body);
    const rule = await setLimit(this.database, { ...key, ...numbers });
    await this.#tellOfChange(key);
    return { ...rule, source: 'api', in_effect: true };
  }

  /** @throws TroupeError `limit_not_found` that tells where the limit comes from, if there is one. */
  async remove(body: LimitKeyDto): Promise<void> {
    const key = keyOf(body);
    if (!(await removeLimit(this.database, key))) throw await this.#notFound(key);
    await this.#tellOfChange(key);
  }

  /** @throws TroupeError `invalid_request` for a provider that is not there, or an account that it does not have. */
  async checkedKey(body: LimitKeyDto): Promise<LimitKey> {
    const key = keyOf(body);
    const found = await providerAccounts(this.models, key.provider);
    if (!found.known) {
      const errors = [{ ...fieldError(['provider'], unknownProvider(key.provider, found)) }];
      throw new TroupeError({
        code: 'invalid_request',
        fault: 'caller',
        message: errors.map(({ message }) => message).join(' '),
        details: { near_matches: found.near, errors },
      });
    }
    const { accounts } = found;
    if (key.account !== undefined && accounts.length > 0 && !accounts.includes(key.account)) {
      const message = `${key.provider} has no account "${key.account}" here. There are ${accounts.join(', ')}.`;
      throw invalidRequest([fieldError(['account'], message)]);
    }
    return key;
  }

  async #notFound(key: LimitKey): Promise<TroupeError> {
    const all = await this.list();
    const [configured] = all.filter((limit) => limitName(limit) === limitName(key));
    if (configured && configured.source !== 'api') {
      const { source } = configured;
      const message =
        `The limit of ${limitName(key)} comes from ${PLACES[source]}. Change it there and start again, ` +
        'or set one by API, which takes its place.';
      return new TroupeError({ code: 'limit_not_found', fault: 'caller', message, details: { source } });
    }
    const names = all.filter(({ source }) => source === 'api').map(limitName);
    const near = nearMatches(limitName(key), names);
    const advice = near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : '';
    const message = `No limit of ${limitName(key)} was set by API.${advice}`;
    return new TroupeError({ code: 'limit_not_found', fault: 'caller', message, details: { near_matches: near } });
  }

  async #tellOfChange(key: LimitKey): Promise<void> {
    await this.heldRuns.wakeAfterChange(key);
    this.database.afterCommit(() => void this.table.refresh());
  }
}

function keyOf({ provider, model, account }: LimitKeyDto): LimitKey {
  return { provider, model, ...(account != null && { account }) };
}

function numbersOf(body: SetLimitDto): LimitNumbers {
  const numbers: LimitNumbers = {};
  for (const name of LIMIT_NUMBERS) {
    const number = body[name];
    if (number != null) numbers[name] = number;
  }
  return numbers;
}
