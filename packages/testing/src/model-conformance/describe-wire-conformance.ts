import { afterAll, beforeAll, beforeEach, describe } from '@jest/globals';
import { type LlmSimulator, startLlmSimulator } from '../llm-simulator/start-llm-simulator.js';
import { describeAnswers } from './describe-answers.js';
import { describeBrokenStreams } from './describe-broken-streams.js';
import { describeFailures } from './describe-failures.js';
import { describeModelContract } from './describe-model-contract.js';
import { describeRequests } from './describe-requests.js';
import { describeToolCalls } from './describe-tool-calls.js';
import { type ConformanceBench, type WireConformanceOptions, wireAbilities } from './model-under-test.js';

/** Registers the suite that every provider's adapter passes, against a simulator of the provider's own wire format. */
export function describeWireConformance({ provider, createModel }: WireConformanceOptions): void {
  describe(`${provider} conformance`, () => {
    let started: LlmSimulator | undefined;
    const bench: ConformanceBench = {
      provider,
      abilities: wireAbilities[provider],
      get simulator() {
        if (started === undefined) throw new Error('The simulator is started before the tests, not before the suite.');
        return started;
      },
      model: (options) =>
        createModel({
          baseUrl: bench.simulator.baseUrls[provider],
          model: 'conformance',
          apiKey: 'sk-test',
          ...options,
        }),
    };

    beforeAll(async () => {
      started = await startLlmSimulator();
    });
    beforeEach(() => bench.simulator.reset());
    afterAll(() => started?.close());

    describeModelContract(provider, () => bench.model());
    describeAnswers(bench);
    describeToolCalls(bench);
    describeRequests(bench);
    describeFailures(bench);
    describe('broken streams', () => describeBrokenStreams(bench));
  });
}
