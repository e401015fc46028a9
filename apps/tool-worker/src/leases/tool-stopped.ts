/**
 * Why a tool was told to stop: its run has ended, somebody else has sent the call again, or this process ends.
 */
export type ToolStopCause = 'run_ended' | 'lease_lost' | 'draining';

/** The reason of a tool's abort signal. */
export class ToolStopped extends Error {
  constructor(readonly because: ToolStopCause) {
    super(`The tool was stopped: ${because}.`);
    this.name = 'ToolStopped';
  }
}
