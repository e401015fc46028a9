/** A request that the real vendor would refuse, with the status and code that it would answer. */
export class RejectedRequest extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly code?: string,
    readonly param?: string,
  ) {
    super(message);
  }
}

/** Anything else that went wrong is the simulator's own fault, and says so. */
export function asRejectedRequest(error: unknown): RejectedRequest {
  if (error instanceof RejectedRequest) return error;
  return new RejectedRequest(500, `simulator: ${error instanceof Error ? error.message : String(error)}`);
}
