import type { ModelId } from '@troupe/contracts';

/** What calls of a model took of late. */
export interface CallExperienceOfModel {
  /** Input tokens that were counted, by those that were guessed from the characters. */
  inputRatio: number;
  /** What an answer takes at most. Tokens. */
  output: number;
}

/**
 * What the processes have learned from the calls that they made, so that one that begins does not set aside far too much of
 * everybody's limits until its own first answers are there. Best effort: what is lost is learned again.
 */
export interface CallExperience {
  /** Undefined: nobody has asked that model of late, or the store is away. Never throws. */
  recall(model: ModelId): Promise<CallExperienceOfModel | undefined>;

  /** Never throws. */
  tell(model: ModelId, learned: CallExperienceOfModel): Promise<void>;
}
