/** What the simulated vendor allows in any 60 s, over all models; absent: counted and not limited. */
export interface SimulatedLimits {
  rpm?: number;
  /** Input and output tokens together. */
  tpm?: number;
}

/** One of the two numbers that a vendor counts. */
export interface MeterReading {
  limit: number | null;
  /** In the window that ends now, the largest so far, and all together. Refused requests are in none of them. */
  current: number;
  peak: number;
  total: number;
}

/** What the control endpoint tells of the limits. */
export interface LimitReadings {
  windowMs: number;
  requests: MeterReading;
  tokens: MeterReading;
  /** Requests that were answered with 429 because of these limits. */
  refused: number;
}
