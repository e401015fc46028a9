import { describe, expect, test } from '@jest/globals';
import { answer, ScriptedModel, type ScriptedTurn } from '@troupe/testing';
import { z } from 'zod';
import { aiFunctions } from './ai-functions.js';
import { askModel } from './ask-model.js';

function functionsWith(script: ScriptedTurn[]) {
  const model = new ScriptedModel(script);
  return { model, ...aiFunctions({ ask: askModel(model) }) };
}

function json(value: unknown): ScriptedTurn {
  return answer(JSON.stringify(value));
}

describe('classify', () => {
  test('gives one of the labels, typed', async () => {
    const { classify, model } = functionsWith([json({ value: 'bug' })]);
    const label: 'bug' | 'question' = await classify('It crashes.', ['bug', 'question'], {
      descriptions: { bug: 'something does not work' },
    });
    expect(label).toBe('bug');
    expect(model.requests[0]).toMatchObject({
      system: expect.stringContaining('- bug: something does not work\n- question'),
      messages: [{ role: 'user', content: [{ type: 'text', text: 'It crashes.' }] }],
      outputSchema: { name: 'label', schema: { properties: { value: { enum: ['bug', 'question'] } } } },
    });
  });

  test('takes enums of texts and of numbers', async () => {
    enum Mood {
      Good = 'good',
      Bad = 'bad',
    }
    enum Urgency {
      Low,
      High = 10,
    }
    const { classify, model } = functionsWith([json({ value: 'bad' }), json({ value: 'High' })]);
    const mood: Mood = await classify('Alas.', Mood);
    const urgency: Urgency = await classify('Now!', Urgency);
    expect([mood, urgency]).toEqual([Mood.Bad, Urgency.High]);
    expect(model.requests[1]?.outputSchema?.schema).toMatchObject({ properties: { value: { enum: ['Low', 'High'] } } });
  });

  test('with multi it gives all that fit, each once, in the order of the labels', async () => {
    const { classify } = functionsWith([json({ value: ['c', 'a', 'c'] }), json({ value: [] })]);
    expect(await classify('…', ['a', 'b', 'c'], { multi: true })).toEqual(['a', 'c']);
    expect(await classify('…', ['a', 'b', 'c'], { multi: true })).toEqual([]);
  });

  test('a label that is none goes back to the model, and is an error in the end', async () => {
    const { classify, model } = functionsWith([json({ value: 'dunno' }), answer('bug, I think'), json({ value: '?' })]);
    await expect(classify('It crashes.', ['bug', 'question'])).rejects.toMatchObject({
      code: 'output_invalid',
      details: { errors: ['the answer must be one of bug, question'], answers: 3 },
    });
    expect(model.requests[1]?.messages).toHaveLength(3);
  });

  test('labels that cannot be told apart are refused before the model is asked', async () => {
    const { classify } = functionsWith([]);
    await expect(classify('…', ['a', 'a'])).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(classify('…', ['a'])).rejects.toMatchObject({ code: 'invalid_request' });
  });
});

describe('extract', () => {
  const invoice = z.object({ buyer: z.string(), total: z.number().nullable(), items: z.array(z.string()) });
  const text = 'Invoice for  Ada\nLovelace: two lamps. Total 40.50 EUR.';

  test('gives what the text says', async () => {
    const value = { buyer: 'Ada Lovelace', total: 40.5, items: ['lamp'] };
    const { extract } = functionsWith([json(value)]);
    expect(await extract(text, invoice)).toEqual(value);
  });

  test('with evidence it gives the places in the text, white space aside', async () => {
    const value = { buyer: 'Ada Lovelace', total: 40.5, items: ['lamp'] };
    const claims = [
      { field: 'buyer', quote: 'Ada Lovelace' },
      { field: 'total', quote: 'Total 40.50 EUR' },
      { field: 'items.0', quote: 'two lamps' },
    ];
    const { extract } = functionsWith([json({ value, evidence: claims })]);
    const found = await extract(text, invoice, { evidence: true });
    expect(found.value).toEqual(value);
    expect(found.evidence[0]).toEqual({ field: 'buyer', quote: 'Ada\nLovelace', start: 13, end: 25 });
    for (const { quote, start, end } of found.evidence) expect(text.slice(start, end)).toBe(quote);
  });

  test('a quote that does not occur, a field that is not there and one without quote go back to the model', async () => {
    const value = { buyer: 'Ada Lovelace', total: 40.5, items: [] };
    const wrong = [
      { field: 'buyer', quote: 'Lady Lovelace' },
      { field: 'seller', quote: 'Ada' },
    ];
    const right = [
      { field: 'buyer', quote: 'Ada Lovelace' },
      { field: 'total', quote: '40.50' },
    ];
    const { extract, model } = functionsWith([json({ value, evidence: wrong }), json({ value, evidence: right })]);
    expect((await extract(text, invoice, { evidence: true })).evidence).toHaveLength(2);
    expect(model.requests[1]?.messages.at(-1)?.content).toEqual([
      {
        type: 'text',
        text: expect.stringMatching(
          /the quote for "buyer" does not occur in the text: "Lady Lovelace"\n- the evidence names "seller".*\n- "total" has no/,
        ),
      },
    ]);
  });
});

describe('cast', () => {
  test('gives the value in the form of the schema', async () => {
    const { cast, model } = functionsWith([json({ value: 42 })]);
    expect(await cast('forty-two', z.int())).toBe(42);
    expect(model.requests[0]?.messages[0]?.content).toEqual([{ type: 'text', text: '"forty-two"' }]);
  });

  test('asks nobody for what is valid already, unless there are instructions', async () => {
    const { cast, model } = functionsWith([json({ value: 'HELLO' })]);
    expect(await cast('hello', z.string())).toBe('hello');
    expect(model.requests).toHaveLength(0);
    expect(await cast('hello', z.string(), { instructions: 'Shout.' })).toBe('HELLO');
  });

  test('refuses what has no JSON', async () => {
    const { cast } = functionsWith([]);
    await expect(cast(undefined, z.string())).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(cast(1n, z.string())).rejects.toMatchObject({ code: 'invalid_request' });
  });
});

describe('generate', () => {
  const city = z.object({ name: z.string() });

  test('asks for more until there are as many different ones as were wanted', async () => {
    const { generate, model } = functionsWith([
      json({ value: [{ name: 'Bern' }, { name: ' bern ' }, { name: 'Basel' }] }),
      json({ value: [{ name: 'Basel' }] }),
      json({ value: [{ name: 'Genf' }, { name: 'Chur' }] }),
    ]);
    expect(await generate(city, 3, { instructions: 'In Switzerland.' })).toEqual([
      { name: 'Bern' },
      { name: 'Basel' },
      { name: 'Genf' },
    ]);
    expect(model.requests[1]?.messages[0]?.content).toEqual([
      { type: 'text', text: '{"wanted":1,"existing":[{"name":"Bern"},{"name":"Basel"}]}' },
    ]);
    expect(model.requests[0]?.system).toContain('# Instructions\nIn Switzerland.');
  });

  test('a model that has run out of different ones is an error, with what there was', async () => {
    const same = json({ value: [{ name: 'Bern' }] });
    const { generate } = functionsWith([same, same, same, same]);
    await expect(generate(city, 2)).rejects.toMatchObject({
      code: 'output_invalid',
      details: { errors: ['only 1 of 2 different values came'], last_answer: '[{"name":"Bern"}]' },
    });
  });

  test('refuses a count that makes no sense', async () => {
    const { generate } = functionsWith([]);
    for (const count of [0, 1.5, 1_001, Number.NaN]) {
      await expect(generate(city, count)).rejects.toMatchObject({ code: 'invalid_request' });
    }
  });
});

describe('fn', () => {
  const definition = {
    description: 'Translates a text.',
    input: z.object({ text: z.string(), into: z.string().default('German') }),
    output: z.object({ translation: z.string() }),
    examples: [{ input: { text: 'Good night' }, output: { translation: 'Gute Nacht' } }],
  };

  test('is a typed function', async () => {
    const { fn, model } = functionsWith([json({ translation: 'Guten Tag' })]);
    const translate = fn(definition);
    const { translation }: { translation: string } = await translate({ text: 'Good day' });
    expect(translation).toBe('Guten Tag');
    expect(model.requests[0]?.messages[0]?.content).toEqual([
      { type: 'text', text: '{"text":"Good day","into":"German"}' },
    ]);
    expect(model.requests[0]?.system).toContain('Result: {"translation":"Gute Nacht"}');
  });

  test('input that is not valid never reaches the model', async () => {
    const { fn } = functionsWith([]);
    const translate = fn({ ...definition, input: z.object({ text: z.string().max(3) }), examples: [] });
    await expect(translate({ text: 'too long' })).rejects.toMatchObject({
      code: 'invalid_request',
      details: { errors: [expect.stringContaining('"text"')] },
    });
  });
});

test('what a model throws passes through', async () => {
  const error = new Error('down');
  const { classify } = functionsWith([{ type: 'error', error }]);
  await expect(classify('…', ['a', 'b'])).rejects.toBe(error);
});

test('an aborted call ends with the reason', async () => {
  const { classify } = functionsWith([json({ value: 'a' })]);
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(classify('…', ['a', 'b'], { signal })).rejects.toThrow('enough');
});
