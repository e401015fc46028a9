/** A request that its caller may send again under the same key. */
export interface IdempotentRequest {
  tenantId: string;
  /** Method and route: keys of two of them have nothing to do with each other. */
  endpoint: string;
  key: string;
  /** Of everything that makes two requests the same: address and body. */
  requestHash: string;
}

/** What a request was answered. */
export interface StoredAnswer {
  /** HTTP status. */
  status: number;
  /** The `Location` header. */
  location: string | null;
  /** JSON; null for an answer without a body. */
  body: string | null;
}

/** `replayed`: the first request with the key was answered so; nothing was done now. */
export interface IdempotentAnswer {
  answer: StoredAnswer;
  replayed: boolean;
}
