import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkEvidence } from './checker/check-evidence.js';
import type { Evidence, Recovery, Violation } from './checker/evidence.js';
import type { ExtraCase } from './faults/fault-kind.js';
import { familyOf, type PlannedFault } from './faults/schedule.js';
import { Caretaker } from './load/caretaker.js';
import { CaseClient } from './load/case-client.js';
import { History } from './load/history.js';
import { Load } from './load/run-load.js';
import { readLines } from './oracles/line-log.js';
import type { ProviderCall } from './oracles/provider-call.js';
import type { ToolSend } from './oracles/tool-send.js';
import type { Random } from './random.js';
import { collectRows } from './stack/collect-rows.js';
import { settle } from './stack/settle.js';
import type { Stack } from './stack/stack.js';
import type { LoadTenant } from './stack/tenants.js';
import type { UnhandledLines } from './stack/unhandled-lines.js';

export interface RoundOptions {
  stack: Stack;
  tenants: readonly LoadTenant[];
  /** Takes part in the names of cases, files and numbers. */
  number: number;
  random: Random;
  clients: number;
  schedule: Iterator<PlannedFault>;
  /** Whether another fault is begun, after so many in this round. Two at once are one. */
  goesOn(begun: number): boolean;
  unhandled: UnhandledLines;
  /** Where a round with violations leaves its evidence. */
  keepIn: string;
  say(line: string): void;
}

export interface InjectedFault {
  number: number;
  family: string;
  name: string;
  hit: boolean;
  detail: string;
  /** Milliseconds since the start of the round. */
  atMs: number;
}

export interface RoundResult {
  number: number;
  tookMs: number;
  faults: InjectedFault[];
  /** Runs by how they ended; a status or, for failed ones, `failed: <code>`. */
  outcomes: Record<string, number>;
  events: number;
  providerCalls: number;
  toolSends: number;
  restarts: number;
  recoveries: Recovery[];
  violations: Violation[];
}

/** Before the first fault, so that it meets work. Milliseconds. */
const WARM_UP_MS = 1_500;
/** Of a case that a fault plays: long enough to be met. */
const EXTRA_PLAN = { tokens: 100, paceMs: 20 };

/** Load, faults one after the other, quiet, and the check of everything that happened. */
export async function runRound(options: RoundOptions): Promise<RoundResult> {
  const { stack, tenants, number, random, say } = options;
  const startedAt = Date.now();
  const { rows } = await stack.sql.query<{ now: Date }>('SELECT now()');
  const since = rows[0]?.now ?? new Date(startedAt);
  const file = (name: string) => join(stack.databases.folder, name);
  const history = new History(file(`history-${number}.jsonl`));
  const shared = { urls: stack.urls, tenants, history };
  const load = new Load({ ...shared, random: random.fork('load'), clients: options.clients, prefix: `r${number}` });
  load.start();
  await sleep(WARM_UP_MS);
  const faults = await injectFaults(options, { load, history, startedAt });
  say(`round ${number}: no more faults; ${load.open} cases are under way`);
  await load.stop();
  await settle(stack, new Caretaker(shared));
  const evidence = await gather(options, history, since, faults);
  const violations = checkEvidence(evidence);
  if (violations.length > 0) keepEvidence(options, file);
  const { runs, events } = evidence.database;
  return {
    number,
    tookMs: Date.now() - startedAt,
    faults,
    outcomes: countOutcomes(runs),
    events: events.length,
    providerCalls: evidence.provider.length,
    toolSends: evidence.tools.length,
    restarts: evidence.exits.length,
    recoveries: evidence.recoveries,
    violations,
  };
}

async function injectFaults(
  options: RoundOptions,
  { load, history, startedAt }: { load: Load; history: History; startedAt: number },
): Promise<InjectedFault[]> {
  const { stack, number, random, schedule, goesOn, say } = options;
  const injected: InjectedFault[] = [];
  for (let begun = 0; goesOn(begun); begun += 1) {
    const next = schedule.next();
    if (next.done) break;
    const planned = next.value;
    await sleep(planned.pauseMs);
    const results = await Promise.all(
      planned.kinds.map(async (kind, index) => {
        const own = random.fork(`fault ${planned.number} ${index}`);
        const atMs = Date.now() - startedAt;
        let played = 0;
        const play = (extra: ExtraCase) => {
          played += 1;
          return playExtra(options, history, `r${number}-fault-${planned.number}-${index}-${played}`, {
            ...extra,
            random: own,
          });
        };
        const context = { stack, random: own, number: planned.number * 10 + index, play };
        const { hit, detail } = await kind
          .inject(context)
          .catch((error: Error) => ({ hit: false, detail: error.message }));
        return { name: kind.name, hit, detail, atMs };
      }),
    );
    for (const result of results) {
      injected.push({ number: planned.number, family: familyOf(planned), ...result });
      const place = `${(result.atMs / 1_000).toFixed(1).padStart(7)} s  #${planned.number}`;
      const ends = result.hit ? '' : 'not met: ';
      say(`${place}  ${result.name}  (${ends}${result.detail})  ${load.done} cases done, ${load.open} open`);
    }
  }
  return injected;
}

async function playExtra(
  { stack, tenants }: RoundOptions,
  history: History,
  id: string,
  { rounds, cancelAfterMs, poisoned = false, random }: ExtraCase & { random: Random },
): Promise<void> {
  const onStarted = (runId: string) => poisoned && stack.poisonedRuns.add(runId);
  const client = new CaseClient({ urls: stack.urls, tenants, history, random, onStarted });
  const request = {
    plan: { id, rounds, ...EXTRA_PLAN },
    mode: 'background' as const,
    keyed: true,
    duplicated: false,
    leavesAfter: [],
    replayed: true,
    asked: true,
    foreign: false,
    ...(cancelAfterMs !== undefined && { cancelAfterMs }),
  };
  await client.play(request, random.pick(tenants), undefined, poisoned);
}

async function gather(
  { stack, unhandled, number }: RoundOptions,
  history: History,
  since: Date,
  faults: readonly InjectedFault[],
): Promise<Evidence> {
  await stack.provider.write();
  const ofRound = (caseId: string | undefined) => caseId?.startsWith(`r${number}-`) ?? false;
  return {
    history: history.entries,
    provider: readLines<ProviderCall>(stack.provider.lines).filter(
      // What a judge was shown may name no case: the error of a tool.
      (call) => ofRound(call.case) || (call.judged && call.case === undefined && call.at >= since.getTime()),
    ),
    tools: readLines<ToolSend>(stack.tools.lines).filter((send) => ofRound(send.call)),
    database: await collectRows(stack.sql, since),
    exits: stack.exits.splice(0),
    unhandled: unhandled.take(),
    recoveries: await stack.crashedWork.recoveries(),
    providerHarmed: faults.some(({ name, hit }) => hit && name === 'the provider refuses'),
  };
}

function keepEvidence({ stack, keepIn, number, say }: RoundOptions, file: (name: string) => string): void {
  mkdirSync(keepIn, { recursive: true });
  const files = [file(`history-${number}.jsonl`), stack.provider.lines, stack.tools.lines, stack.log];
  for (const path of files)
    if (existsSync(path)) copyFileSync(path, join(keepIn, path.slice(path.lastIndexOf('/') + 1)));
  say(`the evidence is kept in ${keepIn}`);
}

function countOutcomes(runs: Evidence['database']['runs']): Record<string, number> {
  const outcomes: Record<string, number> = {};
  for (const { status, error_code } of runs) {
    const name = status === 'failed' ? `failed: ${error_code}` : status;
    outcomes[name] = (outcomes[name] ?? 0) + 1;
  }
  return outcomes;
}
