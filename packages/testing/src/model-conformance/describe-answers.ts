import { describe, expect, test } from '@jest/globals';
import type { ModelMessage } from '@troupe/spec';
import type { ConformanceBench } from './model-under-test.js';
import { ask, completedResponse, modes, observeStream, userRequest } from './observe-model.js';

const schema = {
  type: 'object',
  properties: { title: { type: 'string' }, tags: { type: 'array', items: { type: 'string' } } },
  required: ['title', 'tags'],
  additionalProperties: false,
};

export function describeAnswers(bench: ConformanceBench): void {
  const { abilities, id } = bench;

  describe.each(modes)('answers (%s)', (mode) => {
    test('the text arrives as it is, line breaks, quotes and other scripts included', async () => {
      const text = 'One "two"\n\n\\three\\ — Grüße, 日本語, 🎭🇯🇵 end  ';
      bench.simulator.script({ text });
      const { content } = await ask(mode, bench.model(), userRequest('Hello'));
      expect(content).toEqual([{ type: 'text', text }]);
    });

    test('usage is normalised: input includes cached, output includes reasoning', async () => {
      const counted = {
        inputTokens: 120,
        cachedTokens: 90,
        cacheWriteTokens: 7,
        outputTokens: 40,
        reasoningTokens: 25,
      };
      bench.simulator.script({ text: 'Hello', usage: { ...counted, cost: 0.25 } });
      const { usage } = await ask(mode, bench.model(), userRequest('Hello'));
      expect(usage).toEqual({
        inputTokens: 120,
        outputTokens: 40,
        cachedInputTokens: abilities.countsCache ? 90 : 0,
        cacheWriteInputTokens: abilities.countsCache ? 7 : 0,
        reasoningTokens: abilities.countsReasoning ? 25 : 0,
        ...(abilities.statesCost && { cost: 0.25 }),
        estimated: false,
      });
    });

    test('an answer that reached its limit finishes with length', async () => {
      bench.simulator.script({ tokens: 50 });
      const { finish } = await ask(mode, bench.model(), userRequest('Hello', { settings: { max_tokens: 5 } }));
      expect(finish.reason).toBe('length');
      expect(finish.raw).not.toBe('');
    });

    test('refusals and filtered answers are told apart from answers, where the format can say so', async () => {
      bench.simulator.script(
        { text: 'I will not.', stopReason: 'refusal' },
        { text: 'It', stopReason: 'content_filter' },
      );
      const refused = await ask(mode, bench.model(), userRequest('Hello'));
      expect(refused.finish.reason).toBe(abilities.refusal ?? 'stop');
      expect(refused.content).toEqual([{ type: 'text', text: 'I will not.' }]);
      const filtered = await ask(mode, bench.model(), userRequest('Hello'));
      expect(filtered.finish.reason).toBe(abilities.contentFilter ?? 'stop');
    });

    test('an unknown finish reason keeps its word', async () => {
      bench.simulator.script({ text: 'Hello', stopReason: 'something_new' });
      const { finish } = await ask(mode, bench.model(), userRequest('Hello'));
      expect(finish).toEqual({ reason: 'other', raw: 'something_new' });
    });

    test('the provider’s id of the response is kept, where it has one', async () => {
      const { responseId } = await ask(mode, bench.model(), userRequest('Hello'));
      if (abilities.namesResponses) expect(responseId).toMatch(/\S{8}/);
      else expect(responseId).toBeUndefined();
    });

    test('an output schema is sent and the answer is JSON of its shape', async () => {
      const request = userRequest('Plan a picnic', { outputSchema: { name: 'plan', schema } });
      const { content } = await ask(mode, bench.model(), request);
      const [part] = content;
      expect(content).toHaveLength(1);
      expect(JSON.parse(part?.type === 'text' ? part.text : '')).toEqual({
        title: expect.any(String),
        tags: expect.any(Array),
      });
      expect(bench.simulator.requests.at(-1)?.request?.responseFormat?.schema).toEqual(schema);
    });

    test('an output schema that strict modes refuse is still taken', async () => {
      const loose = { type: 'object', properties: { a: { type: 'string', minLength: 1 } } };
      const request = userRequest('Hello', { outputSchema: { name: 'loose', schema: loose } });
      await expect(ask(mode, bench.model(), request)).resolves.toMatchObject({ finish: { reason: 'stop' } });
    });
  });

  if (!abilities.showsReasoning) return;

  describe('reasoning', () => {
    const reasoning = 'First this, then that.';

    async function reasonedAnswer(mode: (typeof modes)[number]) {
      bench.simulator.script({ reasoning, text: 'So it is.' });
      return ask(mode, bench.model(), userRequest('Why?'));
    }

    test.each(modes)('comes before the text, sealed for the way back (%s)', async (mode) => {
      const { content } = await reasonedAnswer(mode);
      expect(content).toEqual([
        {
          type: 'reasoning',
          text: reasoning,
          opaque: { provider: id, model: bench.model().id.slice(id.length + 1), data: expect.anything() },
        },
        { type: 'text', text: 'So it is.' },
      ]);
    });

    test('is streamed as deltas of its own', async () => {
      bench.simulator.script({ reasoning, text: 'So it is.' });
      const observed = await observeStream(bench.model(), userRequest('Why?'));
      const deltas = observed.events.map((event) => (event.type === 'reasoning.delta' ? event.delta : ''));
      expect(deltas.join('')).toBe(reasoning);
      completedResponse(observed);
    });

    test.each(modes)('goes back unchanged to its model, and to no other (%s)', async (mode) => {
      const { content } = await reasonedAnswer(mode);
      const question: ModelMessage = { role: 'user', content: [{ type: 'text', text: 'And then?' }] };
      const messages: ModelMessage[] = [...userRequest('Why?').messages, { role: 'assistant', content }, question];
      // The simulator refuses envelopes that were altered.
      await bench.model().generate({ messages });
      if (abilities.keepsPastReasoning) {
        expect(JSON.stringify(bench.simulator.requests.at(-1)?.body)).toContain(reasoning);
      }
      await bench.model({ model: 'another-model' }).generate({ messages });
      expect(JSON.stringify(bench.simulator.requests.at(-1)?.body)).not.toContain(reasoning);
    });
  });
}
