export interface ResolvedToolCall {
  /** Undefined: the format makes one, or leaves it out where the vendor does. */
  id?: string;
  name: string;
  /** JSON text, or what the reply said it should be instead. */
  json: string;
  fragments: string[];
}

export interface ResolvedUsage {
  inputTokens: number;
  cachedTokens: number;
  cacheWriteTokens: number;
  outputTokens: number;
  reasoningTokens: number;
  /** US dollars. */
  cost: number;
}

/** An answer with everything decided, ready to be put into a wire format. */
export interface ResolvedReply {
  /** Unique among all simulators, letters and digits only: the formats build their ids from it. */
  id: string;
  /** Seconds since 1970. */
  created: number;
  reasoning: string[];
  text: string[];
  toolCalls: ResolvedToolCall[];
  stopReason: string;
  usage: ResolvedUsage;
}
