import type { StickyDecision, StickyScope } from '@troupe/contracts';

/** What was decided for later calls on one thread, in the memory of a process; the latest first. */
export class StickyMemory {
  readonly #decisions: { runId: string | null; decision: StickyDecision }[] = [];

  /** For as long as the thread goes on, or only for the run. */
  remember(scope: StickyScope, runId: string, decision: StickyDecision): void {
    this.#decisions.unshift({ runId: scope === 'run' ? runId : null, decision });
  }

  of(runId: string, names: readonly string[]): StickyDecision[] {
    return this.#decisions
      .filter((entry) => (entry.runId === null || entry.runId === runId) && names.includes(entry.decision.name))
      .map(({ decision }) => decision);
  }
}
