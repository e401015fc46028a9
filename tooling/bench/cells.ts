import { TOOL_MODEL } from './processes/simulator.js';

/** One workload at one number of users. Times are milliseconds. */
export interface Cell {
  /** `W2/16`: the workload and how many talk at once. */
  id: string;
  about: string;
  users: number;
  model: string;
  stream: boolean;
  /** Of the answer. */
  tokens: number;
  toolRound: boolean;
  oneConversation: boolean;
  /** Over which the users begin. */
  spreadMs: number;
  schedule?: { firstTokenMs: number; tokenMs: number };
  /** How long to ask for, where a cell is not made of a fixed number of answers. */
  durationMs?: { direct: number; server: number };
  repliesPerUser?: number;
}

const USERS = [1, 16, 64];
const PACED = { firstTokenMs: 200, tokenMs: 20 };
const PACED_TOKENS = 100;
const PACED_REPLY_MS = PACED.firstTokenMs + (PACED_TOKENS - 1) * PACED.tokenMs;
const PACED_USERS = [100, 300];
const BURST_USERS = 300;
const TURNS = 40;

const plain = { stream: true, toolRound: false, oneConversation: false, spreadMs: 0 };

/** Every cell in the order of measuring. */
export function allCells(quick: boolean): Cell[] {
  const durationMs = quick ? { direct: 700, server: 2_000 } : { direct: 1_500, server: 4_000 };
  const paced = { ...plain, model: 'sim-tokens-100-delay-200-pace-20', tokens: PACED_TOKENS };
  return [
    ...USERS.map((users) => ({
      ...plain,
      id: `W1/${users}`,
      about: '50 tokens, not streamed, a new thread each',
      users,
      model: 'sim-tokens-50',
      stream: false,
      tokens: 50,
      durationMs,
    })),
    ...USERS.map((users) => ({
      ...plain,
      id: `W2/${users}`,
      about: '100 tokens, streamed, a new thread each',
      users,
      model: 'sim-tokens-100',
      tokens: 100,
      durationMs,
    })),
    ...PACED_USERS.map((users) => ({
      ...paced,
      id: `W3/${users}`,
      about: '200 ms to the first token, 20 ms a token, 100 tokens; users begin evenly over one answer and ask on',
      users,
      spreadMs: PACED_REPLY_MS,
      repliesPerUser: quick ? 2 : 3,
      schedule: PACED,
    })),
    {
      ...paced,
      id: `W3/${BURST_USERS}-burst`,
      about: 'the same, all users ask in the same moment, once',
      users: BURST_USERS,
      repliesPerUser: 1,
      schedule: PACED,
    },
    {
      ...plain,
      id: 'W4/1',
      about: `one thread, ${TURNS} turns of 50 tokens`,
      users: 1,
      model: 'sim-tokens-50',
      tokens: 50,
      oneConversation: true,
      repliesPerUser: TURNS,
    },
    ...USERS.map((users) => ({
      ...plain,
      id: `W5/${users}`,
      about: 'one tool round trip (calculate), then 50 tokens, streamed, a new thread each',
      users,
      model: TOOL_MODEL,
      tokens: 50,
      toolRound: true,
      durationMs,
    })),
    {
      ...plain,
      id: 'W6/16',
      about: '100 tokens, streamed, each user goes on with one thread: what a run costs that needs no title',
      users: 16,
      model: 'sim-tokens-100',
      tokens: 100,
      oneConversation: true,
      durationMs,
    },
  ];
}

/** What the reference is measured under, too. */
export const REFERENCE_CELLS = ['W1/1', 'W2/16', 'W3/100', 'W3/300'];

/** What `--quick` measures when nothing is named. */
export const QUICK_CELLS = ['W1/1', 'W2/1', 'W2/16', 'W3/300', 'W4/1', 'W5/16', 'W6/16'];
