import { describe, expect, test } from '@jest/globals';
import type { ContentPart, JsonValue } from '@troupe/contracts';
import type { ModelMessage, ModelRequest, ModelTool } from '@troupe/spec';
import type { ConformanceBench } from './model-under-test.js';
import { ask, failureOf, type Mode, modes, userRequest } from './observe-model.js';

const tools: ModelTool[] = [
  {
    name: 'calculate',
    description: 'Calculates.',
    parameters: { type: 'object', properties: { expression: { type: 'string' } }, required: ['expression'] },
  },
];
const settings = { reasoning: { max_tokens: 2_048 } };
const thoughts = ['First "this",\nthen — that 🎭.', 'And now the second.'];

/** What a model thought within a tool loop goes back to it byte for byte, or is dropped whole. */
export function describeReasoningLoops(bench: ConformanceBench): void {
  const { abilities } = bench;
  if (!abilities.showsReasoning) return;

  const sent = () => JSON.stringify(bench.simulator.requests.at(-1)?.body);
  const asSent = (thought = '') => JSON.stringify(thought).slice(1, -1);

  /** A question and two rounds of thinking, calling and being answered. */
  async function twoRounds(mode: Mode): Promise<ModelRequest> {
    let messages = userRequest('Calculate').messages;
    for (const [index, reasoning] of thoughts.entries()) {
      const expression = `${index}+1`;
      bench.simulator.script({ reasoning, toolCalls: [{ name: 'calculate', arguments: { expression } }] });
      const { content } = await ask(mode, bench.model(), { messages, tools, settings });
      messages = [...messages, { role: 'assistant', content }, answerOf(content)];
    }
    bench.simulator.script({ text: 'Done.' });
    return { messages, tools, settings };
  }

  describe('reasoning in a tool loop', () => {
    test.each(modes)('goes back to its model in order, and the vendor accepts it (%s)', async (mode) => {
      const { content } = await ask(mode, bench.model(), await twoRounds(mode));
      expect(content).toEqual([{ type: 'text', text: 'Done.' }]);
      const places = thoughts.map((thought) => sent().indexOf(asSent(thought)));
      expect(places[0]).toBeGreaterThan(0);
      expect(places[1]).toBeGreaterThan(places[0] ?? 0);
    });

    test('is dropped whole when the model changed in between, and the loop goes on', async () => {
      const request = await twoRounds('generate');
      const { content } = await bench.model({ model: 'another-model' }).generate(request);
      expect(content).toEqual([{ type: 'text', text: 'Done.' }]);
      for (const thought of thoughts) expect(sent()).not.toContain(asSent(thought));
      for (const secret of envelopesOf(request)) expect(sent()).not.toContain(secret);
    });

    test('is dropped whole when the first half is another model’s, and the loop goes on', async () => {
      const { messages } = await twoRounds('generate');
      const [question, first, ...rest] = messages;
      if (question === undefined || first === undefined) throw new Error('no loop');
      const foreign = first.content.map((part) =>
        part.type === 'reasoning' && part.opaque !== undefined
          ? { ...part, opaque: { ...part.opaque, model: 'another-model' } }
          : part,
      );
      const mixed: ModelMessage[] = [question, { role: 'assistant', content: foreign }, ...rest];
      await bench.model().generate({ messages: mixed, tools, settings });
      expect(sent()).not.toContain(asSent(thoughts[0]));
    });

    if (!abilities.checksReasoning) return;

    test('is refused by the vendor when it was altered, which is told as it is', async () => {
      const request = await twoRounds('generate');
      const altered = request.messages.map((message) => ({ ...message, content: message.content.map(alter) }));
      const error = await failureOf(bench.model().generate({ ...request, messages: altered }));
      expect(error).toMatchObject({ code: 'provider_invalid_request', details: { status: 400 } });
      expect(error.message).toMatch(/signature/i);
    });
  });
}

function answerOf(content: readonly ContentPart[]): ModelMessage {
  const results = content.flatMap((part): ContentPart[] =>
    part.type === 'tool_call'
      ? [{ type: 'tool_result', tool_call_id: part.id, name: part.name, status: 'completed', content: '1' }]
      : [],
  );
  return { role: 'tool', content: results };
}

/** Signatures and whatever else is long enough to be recognised. */
function envelopesOf({ messages }: ModelRequest): string[] {
  const parts = messages.flatMap(({ content }) => content);
  return parts.flatMap((part) => (part.type === 'reasoning' ? signaturesIn(part.opaque?.data ?? null) : []));
}

function signaturesIn(value: JsonValue): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, field]) =>
    name === 'signature' && typeof field === 'string' ? [field] : signaturesIn(field),
  );
}

/** One word of what was thought is another. */
function alter(part: ContentPart): ContentPart {
  if (part.type !== 'reasoning' || part.opaque === undefined) return part;
  const data: JsonValue = JSON.parse(JSON.stringify(part.opaque.data).replaceAll('second', 'third'));
  return { ...part, opaque: { ...part.opaque, data } };
}
