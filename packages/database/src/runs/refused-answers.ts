import type { ContentPart } from '@troupe/contracts';

/** What a run's model answered that was not valid by the run's output schema. */
export interface RefusedAnswers {
  /** Of all steps of the run. */
  count: number;
  /** The step that is to be answered again. */
  step: number;
  /** The refused answers of that step, each followed by what is to be corrected: shown to the model, and no messages of the thread. */
  tail: { role: 'user' | 'assistant'; content: ContentPart[] }[];
}
