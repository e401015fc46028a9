/** One request to a provider. Its body is a text. */
export interface HttpRequest {
  url: string;
  method: string;
  /** Names and values in turn. */
  headers: string[];
  body?: string;
  signal?: AbortSignal;
  /** Absent: the caller has its own clock, as SDKs do. */
  headersTimeoutMs?: number;
}
