/** One load to put on one server. Times are milliseconds. */
export interface LoadJob {
  /** `openai`: the provider itself; `troupe`: the server that is measured; `reference`: the one it is compared with. */
  dialect: 'openai' | 'troupe' | 'reference';
  /** Origin, without a path. */
  url: string;
  /** Sent as X-API-Key. */
  apiKey: string;
  model: string;
  stream: boolean;
  /** How many talk at once, each waiting for an answer before it asks again. */
  users: number;
  /** Nobody asks again after this time. */
  durationMs?: number;
  /** Nobody asks more often than this. */
  repliesPerUser?: number;
  /** The users' first questions are spread evenly over this time. */
  spreadMs: number;
  /** All of a user's questions belong to one conversation, else each starts a new one. */
  oneConversation: boolean;
  /** The conversation to go on with, where the dialect has such a thing. */
  threadId?: string;
  /** The provider asks for one tool call before it answers. */
  toolRound: boolean;
  /** What every answer must say, token by token. */
  expected: string[];
  /** When tokens are due, counted from the question. */
  schedule?: { firstTokenMs: number; tokenMs: number };
}

/** What the answers were like; one element an answer, in the order of their ends, unless said otherwise. Milliseconds. */
export interface LoadResult {
  /** From the first question to the end of the last answer. */
  elapsedMs: number;
  replies: number;
  firstTokenMs: number[];
  /** From the question to the last byte. */
  totalMs: number[];
  /** From the last token to the last byte. */
  tailMs: number[];
  /** How late tokens were against the schedule: one element a token, sorted. */
  lateMs: number[];
  tokens: number;
  /** Of the frames that carry tokens, and of whole bodies. */
  tokenCharacters: number;
  bodyCharacters: number;
  lostTokens: number;
  doubledTokens: number;
  /** What went wrong, with how often. */
  problems: Record<string, number>;
  threadId?: string;
}
