import { describe, expect, test } from '@jest/globals';
import type { ModelEvent } from '@troupe/spec';
import { answer, callTools, ScriptedModel, type ScriptedTurn, scriptedResponse } from '@troupe/testing';
import { z } from 'zod';
import { Agent } from './agent.js';
import type { AgentEnvironment } from './agent-environment.js';

const recipe = z.object({ title: z.string(), steps: z.array(z.string()).min(1) });
const soup = { title: 'Soup', steps: ['Boil it', 'Eat it'] };

async function unused(): Promise<never> {
  throw new Error('not used here');
}

function agentWith(script: ScriptedTurn[]) {
  let ids = 0;
  let milliseconds = 0;
  const environment: AgentEnvironment = {
    newId: () => `id-${++ids}`,
    // So that every piece of text may be told.
    now: () => {
      milliseconds += 1_000;
      return new Date(milliseconds);
    },
    startTimeout: () => ({ signal: new AbortController().signal, clear: () => undefined }),
    onTrouble: () => undefined,
    todos: { add: unused, list: unused, complete: unused },
  };
  const model = new ScriptedModel(script);
  return { model, agent: new Agent({ role: 'You cook.', model, environment }) };
}

/** An answer whose text comes in pieces of that many characters. */
function inPieces(value: unknown, size: number): ScriptedTurn {
  const text = JSON.stringify(value);
  const events: ModelEvent[] = [];
  for (let at = 0; at < text.length; at += size) events.push({ type: 'text.delta', delta: text.slice(at, at + size) });
  const response = scriptedResponse([{ type: 'text', text }]);
  return { type: 'stream', events: [...events, { type: 'completed', response }] };
}

async function drain<Piece, Whole>(
  generator: AsyncGenerator<Piece, Whole>,
): Promise<{ pieces: Piece[]; whole: Whole }> {
  const pieces: Piece[] = [];
  for (;;) {
    const next = await generator.next();
    if (next.done) return { pieces, whole: next.value };
    pieces.push(next.value);
  }
}

describe('Agent.object', () => {
  test('gives the validated value, typed by its schema', async () => {
    const { agent, model } = agentWith([answer(`Here you are:\n\`\`\`json\n${JSON.stringify(soup)}\n\`\`\``)]);
    const value: { title: string; steps: string[] } = await agent.object('A soup, please', {
      schema: recipe,
      schemaName: 'recipe',
    });
    expect(value).toEqual(soup);
    expect(model.requests[0]?.outputSchema?.name).toBe('recipe');
    expect(agent.messages).toHaveLength(2);
  });

  test('takes JSON Schema too', async () => {
    const { agent } = agentWith([answer('{"n": 3}')]);
    const schema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };
    expect(await agent.object('A number', { schema })).toEqual({ n: 3 });
  });

  test('the thread keeps neither a refused answer nor its correction', async () => {
    const { agent } = agentWith([answer('soup!'), answer(JSON.stringify(soup)), answer('You are welcome')]);
    await agent.object('A soup, please', { schema: recipe });
    await agent.chat('Thanks');
    expect(agent.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant']);
  });

  test('without a valid answer the thread stays as it was', async () => {
    const { agent } = agentWith([answer('soup!')]);
    const failing = agent.object('A soup, please', { schema: recipe, outputRetries: 0 });
    await expect(failing).rejects.toMatchObject({ code: 'output_invalid' });
    expect(agent.messages).toEqual([]);
  });

  test('run gives it beside what it took', async () => {
    const { agent } = agentWith([answer(JSON.stringify(soup))]);
    const result = await agent.run('A soup, please', { schema: recipe });
    expect(result).toMatchObject({ output: soup, stopReason: 'end_turn', usage: { total_tokens: 15 } });
  });
});

describe('Agent.streamObject', () => {
  test('yields what is there, and returns the validated whole', async () => {
    const { agent } = agentWith([inPieces(soup, 12)]);
    const { pieces, whole } = await drain(agent.streamObject('A soup, please', { schema: recipe }));
    expect(pieces.length).toBeGreaterThan(1);
    expect('Soup').toContain(pieces[0]?.title);
    expect(pieces.at(-1)).toEqual(soup);
    expect(whole).toEqual(soup);
  });

  test('begins anew after an answer that was not valid', async () => {
    const { agent } = agentWith([inPieces({ title: 'Nothing', steps: [] }, 40), inPieces(soup, 60)]);
    const { pieces, whole } = await drain(agent.streamObject('A soup, please', { schema: recipe }));
    expect(pieces.at(-1)).toEqual(soup);
    expect(whole).toEqual(soup);
  });

  test('text before a tool call is no part of the output', async () => {
    const { agent } = agentWith([callTools([{ name: 'nothing', arguments: {} }]), inPieces(soup, 5)]);
    expect((await drain(agent.streamObject('A soup, please', { schema: recipe }))).whole).toEqual(soup);
  });

  test('ends in the error of the run', async () => {
    const { agent } = agentWith([answer('soup!')]);
    const failing = drain(agent.streamObject('A soup, please', { schema: recipe, outputRetries: 0 }));
    await expect(failing).rejects.toMatchObject({ code: 'output_invalid' });
  });

  test('leaving early ends the run', async () => {
    const { agent } = agentWith([
      { type: 'hang', after: [{ type: 'text.delta', delta: '{"title":"So' }] },
      answer('Still here'),
    ]);
    for await (const piece of agent.streamObject('A soup, please', { schema: recipe })) {
      expect(piece).toEqual({ title: 'So' });
      break;
    }
    expect(agent.messages).toEqual([]);
    expect(await agent.chat('Are you there?')).toBe('Still here');
  });
});

describe('Agent.streamElements', () => {
  const dish = z.object({ name: z.string(), price: z.number() });
  const menu = [
    { name: 'Soup', price: 4 },
    { name: 'Stew', price: 9 },
    { name: 'Cake', price: 5 },
  ];

  test('yields each element once it is whole, and returns the list', async () => {
    const { agent } = agentWith([inPieces({ value: menu }, 7)]);
    const { pieces, whole } = await drain(agent.streamElements('The menu', { schema: dish }));
    expect(pieces).toEqual(menu);
    expect(whole).toEqual(menu);
  });

  test('a model that leaves the envelope out is read too', async () => {
    const { agent } = agentWith([inPieces(menu, 7)]);
    expect((await drain(agent.streamElements('The menu', { schema: dish }))).pieces).toEqual(menu);
  });

  test('a corrected answer goes on after what was told', async () => {
    const wrong = [menu[0], { name: 'Stew' }, menu[2]];
    const { agent } = agentWith([inPieces({ value: wrong }, 7), inPieces({ value: menu }, 7)]);
    const { pieces, whole } = await drain(agent.streamElements('The menu', { schema: dish }));
    expect(pieces).toEqual(menu);
    expect(whole).toEqual(menu);
  });

  test('a corrected answer that changes what was told is an error', async () => {
    const first = inPieces({ value: [menu[0], { name: 'Stew' }] }, 7);
    const { agent } = agentWith([first, inPieces({ value: [menu[1], menu[2]] }, 7)]);
    const pieces: unknown[] = [];
    const reading = (async () => {
      for await (const piece of agent.streamElements('The menu', { schema: dish })) pieces.push(piece);
    })();
    await expect(reading).rejects.toMatchObject({
      code: 'output_invalid',
      details: { errors: [expect.stringContaining('element 0')] },
    });
    expect(pieces[0]).toEqual(menu[0]);
  });
});

test('a schema that cannot be used is refused before anything is asked', async () => {
  const { agent, model } = agentWith([]);
  await expect(agent.object('When?', { schema: z.date() })).rejects.toMatchObject({ code: 'invalid_request' });
  expect(() => agent.streamObject('When?', { schema: z.date() })).toThrow('cannot become JSON Schema');
  expect(model.requests).toEqual([]);
  expect(agent.messages).toEqual([]);
});
