/** A started server process. */
export interface RunningService {
  pid: number;
  /** Resolves with a readable reason ("exit code 1", "signal SIGKILL") when the process ends, for whatever cause. */
  ended: Promise<string>;
  stop(): Promise<void>;
}
