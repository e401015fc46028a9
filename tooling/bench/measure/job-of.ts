import type { Cell } from '../cells.js';
import type { LoadJob } from '../load/load-job.js';
import type { BenchStand, ServerSide } from './bench-stand.js';

/** `direct` is the same question to the provider itself, `reference` to the bare minimum of a server. */
export type Side = 'direct' | ServerSide;

const DIALECTS = { direct: 'openai', ours: 'troupe', reference: 'reference' } as const;

/** The load of a cell on one side. */
export function jobOf(stand: BenchStand, cell: Cell, side: Side): LoadJob {
  const { users, model, stream, toolRound, oneConversation, spreadMs, schedule, repliesPerUser, durationMs } = cell;
  return {
    dialect: DIALECTS[side],
    url: urlOf(stand, side),
    apiKey: stand.apiKey,
    model,
    stream,
    users,
    spreadMs,
    toolRound,
    oneConversation,
    expected: stand.answers.get(cell.tokens) ?? [],
    ...(schedule && { schedule }),
    ...(repliesPerUser !== undefined && { repliesPerUser }),
    ...(durationMs && { durationMs: durationMs[side === 'direct' ? 'direct' : 'server'] }),
  };
}

function urlOf({ simulator, server, reference }: BenchStand, side: Side): string {
  const { url } = { direct: simulator, ours: server, reference }[side] ?? {};
  if (url === undefined) throw new Error(`there is no ${side} in this stand`);
  return url;
}
