import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { TroupeError } from '@troupe/contracts';
import type { ModelEvent, ModelRequest } from '@troupe/spec';
import { type LlmSimulator, startLlmSimulator } from '@troupe/testing';
import { createModelCatalog } from '../create-model-catalog.js';
import { limitFeedbackOf } from './limit-feedback.js';

let simulator: LlmSimulator;
beforeAll(async () => {
  simulator = await startLlmSimulator();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

const request: ModelRequest = { messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }] };
const headers = {
  'x-ratelimit-limit-requests': '500',
  'x-ratelimit-remaining-requests': '0',
  'x-ratelimit-reset-requests': '60s',
};
const model = () => createModelCatalog({ openai: { baseUrl: simulator.baseUrls.openai } }).resolve('openai/any');

async function failure(): Promise<Error> {
  return model()
    .generate(request)
    .then(
      () => {
        throw new Error('The call succeeded.');
      },
      (error: Error) => error,
    );
}

test('an answer carries what its headers say, streamed and whole', async () => {
  simulator.script({ text: 'Hi', headers }, { text: 'Hi', headers });
  const whole = await model().generate(request);
  expect(limitFeedbackOf(whole)).toEqual({ remaining: { requests: 0 }, succeeded: true });
  const events: ModelEvent[] = [];
  for await (const event of model().stream(request)) events.push(event);
  expect(events.at(-1)).toMatchObject({
    type: 'completed',
    response: { limits: { remaining: { requests: 0 }, succeeded: true } },
  });
});

test('a refusal asks for the pause that it names, else for the one that its limits mean', async () => {
  simulator.script({ status: 429, headers: { ...headers, 'retry-after': '7' } }, { status: 429, headers });
  const named = await failure();
  expect(limitFeedbackOf(named)).toEqual({ remaining: { requests: 0 }, pauseMs: 7_000 });
  expect(named).toMatchObject({ retryAfterMs: 7_000 });
  expect(named instanceof TroupeError && JSON.stringify(named.details)).not.toContain('remaining');
  expect(limitFeedbackOf(await failure())).toEqual({ remaining: { requests: 0 }, pauseMs: 120 });
});

test('other failures and other errors ask for nothing', async () => {
  simulator.script({ status: 401 });
  expect(limitFeedbackOf(await failure())).toBeUndefined();
  expect(limitFeedbackOf(new Error('mine'))).toBeUndefined();
});
