/** Milliseconds after which a provider is given up: five clocks, and the wait for an answer that is not streamed. */
export interface ProviderTimeouts {
  /** TCP and TLS. */
  connectMs: number;
  /** Until the first byte of a streamed answer; local servers load the model in this time. */
  firstByteMs: number;
  /** Until the headers of an answer that is not streamed, which come when it is finished. */
  wholeAnswerMs: number;
  /** Between two pieces of a body, heartbeats included. */
  idleMs: number;
  /** Without anything but heartbeats: they keep a stalled generation alive for ever. */
  contentIdleMs: number;
  /** The whole call, however lively it is. */
  totalMs: number;
}

/**
 * Long on purpose: healthy streams have been seen to pause for minutes, and too tight a watchdog fails more calls
 * than it saves.
 */
export const defaultTimeouts: ProviderTimeouts = {
  connectMs: 10_000,
  firstByteMs: 300_000,
  wholeAnswerMs: 600_000,
  idleMs: 120_000,
  contentIdleMs: 300_000,
  totalMs: 1_800_000,
};
