import { WholeNumberSetting } from '../declare/whole-number-setting.js';

/** How much one worker process does at once. */
export class WorkersSettings {
  @WholeNumberSetting({
    variable: 'LLM_WORKER_CONCURRENCY',
    about: 'Model turns that one llm-worker has under way; they mostly wait for a provider, so the number is large.',
    unit: 'jobs',
    min: 1,
    max: 100_000,
    example: '500',
  })
  readonly llmConcurrency: number = 1000;

  @WholeNumberSetting({
    variable: 'TOOL_WORKER_CONCURRENCY',
    about: 'Tool calls that one tool-worker has under way.',
    unit: 'jobs',
    min: 1,
    max: 100_000,
    example: '50',
  })
  readonly toolConcurrency: number = 100;

  @WholeNumberSetting({
    variable: 'MEMORY_EXTRACTOR_CONCURRENCY',
    about: 'Batches of up to 50 finished runs from which one memory-extractor reads facts at once.',
    unit: 'jobs',
    min: 1,
    max: 10_000,
    example: '8',
  })
  readonly memoryConcurrency: number = 4;

  @WholeNumberSetting({
    variable: 'SUMMARY_WORKER_CONCURRENCY',
    about: 'Batches of up to 50 threads that one summary-worker titles or summarizes at once.',
    unit: 'jobs',
    min: 1,
    max: 10_000,
    example: '8',
  })
  readonly summaryConcurrency: number = 4;
}
