/** One request as the tool server saw it. */
export interface ToolSend {
  /** Milliseconds since 1970. */
  at: number;
  tool: string;
  /** The name that the load gave the call: case, round, index. */
  call: string;
  /** Who wrote the arguments, where they say so: a person changed them. */
  by?: string;
  /** The Idempotency-Key. */
  key: string;
  runId: string;
  tenantId: string;
  /** It had its effect. */
  done: boolean;
  /** What the caller got: `answered`, `error`, or `nothing` when the reply was lost or never sent. */
  reply: 'answered' | 'error' | 'nothing';
  /** The fault that it met, as it was ordered. */
  fault?: number;
}

export type ToolFaultKind = 'error-before' | 'error-after' | 'lost-reply' | 'hang-before' | 'hang-after' | 'late';
