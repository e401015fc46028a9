import type { Readable, Writable } from 'node:stream';

interface TtyState {
  isTTY?: boolean | undefined;
}

/** Everything of the outside world that the command line touches. */
export interface Terminal {
  environment: Readonly<Record<string, string | undefined>>;
  workingFolder: string;
  input: Readable & TtyState;
  /** Takes answers and nothing else, so that they can be piped. */
  output: Writable & TtyState;
  /** Takes notices and errors. */
  errors: Writable & TtyState;
  /** Calls the listener on Ctrl-C instead of ending the process, until the returned function is called. */
  onInterrupt(listener: () => void): () => void;
}
