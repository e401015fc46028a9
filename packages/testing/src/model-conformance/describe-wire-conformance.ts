import { afterAll, beforeAll, beforeEach, describe } from '@jest/globals';
import { type LlmSimulator, startLlmSimulator } from '../llm-simulator/start-llm-simulator.js';
import { describeAccounts } from './describe-accounts.js';
import { describeAnswers } from './describe-answers.js';
import { describeBrokenStreams } from './describe-broken-streams.js';
import { describeFailures } from './describe-failures.js';
import { describeModelContract } from './describe-model-contract.js';
import { describeReasoningLoops } from './describe-reasoning-loops.js';
import { describeRequests } from './describe-requests.js';
import { describeToolCalls } from './describe-tool-calls.js';
import { type ConformanceBench, type WireConformanceOptions, wireAbilities } from './model-under-test.js';

/** Registers the suite that every provider's adapter passes, against a simulator of the provider's own wire format. */
export function describeWireConformance(options: WireConformanceOptions): void {
  const { provider, id = provider, title = id, createModel } = options;
  const variable = id.toUpperCase();
  describe(`${title} conformance`, () => {
    let started: LlmSimulator | undefined;
    const bench: ConformanceBench = {
      id,
      settings: options.settings ?? { key: `${variable}_API_KEY`, baseUrl: `${variable}_BASE_URL` },
      abilities: { ...wireAbilities[provider], ...options.abilities },
      get simulator() {
        if (started === undefined) throw new Error('The simulator is started before the tests, not before the suite.');
        return started;
      },
      model: (chosen) =>
        createModel({
          baseUrl: bench.simulator.baseUrls[provider],
          model: 'conformance',
          apiKey: 'sk-test',
          ...chosen,
        }),
    };

    beforeAll(async () => {
      started = await startLlmSimulator();
    });
    beforeEach(() => bench.simulator.reset());
    afterAll(() => started?.close());

    describeModelContract(id, () => bench.model());
    describeAnswers(bench);
    describeToolCalls(bench);
    describeRequests(bench);
    describeReasoningLoops(bench);
    describeFailures(bench);
    describeAccounts(bench);
    describe('broken streams', () => describeBrokenStreams(bench));
  });
}
