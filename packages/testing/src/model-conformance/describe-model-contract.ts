import { describe, expect, test } from '@jest/globals';
import type { ChatModel, ModelEvent } from '@troupe/spec';
import { completedResponse, observeStream, streamedText, userRequest } from './observe-model.js';

/** What every ChatModel keeps, whether it talks to a server or not. */
export function describeModelContract(name: string, createModel: () => ChatModel): void {
  describe(`${name} as a ChatModel`, () => {
    test('names itself provider/model', () => {
      expect(createModel().id).toMatch(/^[a-z][a-z0-9-]*\/\S+$/);
    });

    test('a stream tells the text in deltas and, last and once, the whole response', async () => {
      const observed = await observeStream(createModel(), userRequest('Hello there'));
      const response = completedResponse(observed);
      expect(observed.events.filter(({ type }) => type === 'completed')).toHaveLength(1);
      expect(streamedText(observed.events)).toBe(response.content.map((part) => 'text' in part && part.text).join(''));
      expect(streamedText(observed.events)).not.toBe('');
      expect(observed.events.length).toBeGreaterThan(2);
    });

    test('generate and stream answer alike', async () => {
      const request = userRequest('Hello again');
      const { content, finish } = await createModel().generate(request);
      const streamed = completedResponse(await observeStream(createModel(), request));
      expect(streamed.content).toEqual(content);
      expect(streamed.finish).toEqual(finish);
      expect(finish.reason).toBe('stop');
    });

    test('usage is counted or said to be estimated, and never empty', async () => {
      const { usage } = await createModel().generate(userRequest('Hello'));
      expect(usage.inputTokens).toBeGreaterThan(0);
      expect(usage.outputTokens).toBeGreaterThan(0);
      expect(typeof usage.estimated).toBe('boolean');
    });

    test('a request is left as it was', async () => {
      const request = userRequest('Hello', { system: 'You help.', settings: { max_tokens: 50 } });
      const before = structuredClone(request);
      await createModel().generate(request);
      await observeStream(createModel(), request);
      expect(request).toEqual(before);
    });

    test('a signal that is already aborted ends both calls with its reason', async () => {
      const reason = new Error('not wanted');
      const options = { signal: AbortSignal.abort(reason) };
      await expect(createModel().generate(userRequest('Hello'), options)).rejects.toBe(reason);
      const { events, error } = await observeStream(createModel(), userRequest('Hello'), options);
      expect(error).toBe(reason);
      expect(events).toEqual([]);
    });

    test('an abort between two events ends the stream with its reason', async () => {
      const reason = new Error('enough');
      const controller = new AbortController();
      const events: ModelEvent[] = [];
      const read = async () => {
        for await (const event of createModel().stream(userRequest('Hello there'), { signal: controller.signal })) {
          events.push(event);
          controller.abort(reason);
        }
      };
      await expect(read()).rejects.toBe(reason);
      expect(events).toHaveLength(1);
    });
  });
}
