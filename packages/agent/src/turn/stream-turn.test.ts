import { describe, expect, test } from '@jest/globals';
import { type ContentPart, cleanText, type RunEventBody } from '@troupe/contracts';
import type { ModelRequest } from '@troupe/spec';
import { answer, callTools, ScriptedModel, type ScriptedTurn, scriptedResponse } from '@troupe/testing';
import fc from 'fast-check';
import { DeltaCleaner } from './delta-cleaner.js';
import { streamTurn } from './stream-turn.js';

const request: ModelRequest = { messages: [] };

async function play(turn: ScriptedTurn, signal?: AbortSignal) {
  const events: RunEventBody[] = [];
  const response = await streamTurn(new ScriptedModel([turn]), request, {
    signal,
    onEvent: (event) => events.push(event),
  });
  return { response, events };
}

function streamed(deltas: string[], content: ContentPart[] = [{ type: 'text', text: deltas.join('') }]): ScriptedTurn {
  return {
    type: 'stream',
    events: [
      ...deltas.map((delta) => ({ type: 'text.delta' as const, delta })),
      { type: 'completed', response: scriptedResponse(content) },
    ],
  };
}

describe('streamTurn', () => {
  test('forwards text as it arrives and answers with the response', async () => {
    const { response, events } = await play(answer('Hello there'));
    expect(events).toEqual([
      { type: 'text.delta', data: { delta: 'Hello' } },
      { type: 'text.delta', data: { delta: ' there' } },
    ]);
    expect(response.content).toEqual([{ type: 'text', text: 'Hello there' }]);
  });

  test('forwards reasoning as reasoning', async () => {
    const turn: ScriptedTurn = {
      type: 'response',
      response: scriptedResponse([
        { type: 'reasoning', text: 'Hmm' },
        { type: 'text', text: 'Yes' },
      ]),
    };
    const { events } = await play(turn);
    expect(events.map((event) => event.type)).toEqual(['reasoning.delta', 'text.delta']);
  });

  test('tool calls are no events; they come with the response', async () => {
    const { response, events } = await play(callTools([{ name: 'add', arguments: { a: 1 } }]));
    expect(events).toEqual([]);
    expect(response.content).toEqual([{ type: 'tool_call', id: 'call_1', name: 'add', arguments: { a: 1 } }]);
  });

  test('half a surrogate pair waits for the other half', async () => {
    const { events } = await play(streamed(['a\ud83d', '\ude00b', '']));
    expect(events.map((event) => event.data)).toEqual([{ delta: 'a' }, { delta: '😀b' }]);
  });

  test('half a pair at the end of the text becomes U+FFFD, streamed and stored', async () => {
    const { response, events } = await play(streamed(['a\ud83d']));
    expect(events.map((event) => event.data)).toEqual([{ delta: 'a' }, { delta: '\ufffd' }]);
    expect(response.content).toEqual([{ type: 'text', text: 'a\ufffd' }]);
  });

  test('NUL is removed, and a delta that held nothing else is not sent', async () => {
    const { response, events } = await play(streamed(['\u0000', 'a\u0000b']));
    expect(events.map((event) => event.data)).toEqual([{ delta: 'ab' }]);
    expect(response.content).toEqual([{ type: 'text', text: 'ab' }]);
  });

  test('the arguments of calls are cleaned, and ones nested too deeply become invalid', async () => {
    let deep: { [key: string]: never } | object = {};
    for (let level = 0; level < 100; level += 1) deep = { deep };
    const { response } = await play(
      callTools([
        { name: 'add', arguments: { text: 'a\u0000\ud800' } },
        { name: 'add', arguments: { ...(deep as object) } },
      ]),
    );
    expect(response.content[0]).toMatchObject({ arguments: { text: 'a\ufffd' } });
    expect(response.content[1]).toMatchObject({ arguments: {}, invalid_arguments: expect.stringContaining('nested') });
  });

  test('signed reasoning goes back unchanged or not at all', async () => {
    const opaque = (data: string) => ({ provider: 'anthropic', model: 'm', data });
    const { response } = await play(
      streamed(
        [],
        [
          { type: 'reasoning', text: 'a', opaque: opaque('signature') },
          { type: 'reasoning', text: 'b\u0000', opaque: opaque('\ud800') },
        ],
      ),
    );
    expect(response.content).toEqual([
      { type: 'reasoning', text: 'a', opaque: opaque('signature') },
      { type: 'reasoning', text: 'b' },
    ]);
  });

  test('a stream without its end is an interrupted answer, never a short one', async () => {
    const turn: ScriptedTurn = { type: 'stream', events: [{ type: 'text.delta', delta: 'a' }] };
    await expect(play(turn)).rejects.toMatchObject({ code: 'provider_stream_interrupted', retryable: true });
  });

  test('aborting ends the turn with the reason', async () => {
    const controller = new AbortController();
    const playing = play({ type: 'hang' }, controller.signal);
    controller.abort(new Error('stop now'));
    await expect(playing).rejects.toThrow('stop now');
  });
});

describe('DeltaCleaner', () => {
  test('the pieces together are the cleaned whole, wherever it is cut', () => {
    const unit = fc.constantFrom('a', '\u0000', '\ud83d', '\ude00', '😀', 'é');
    fc.assert(
      fc.property(fc.array(fc.array(unit, { maxLength: 4 }), { maxLength: 8 }), (pieces) => {
        const cleaner = new DeltaCleaner();
        const texts = pieces.map((piece) => piece.join(''));
        const sent = texts.map((text) => cleaner.push(text)).join('') + cleaner.flush();
        expect(sent).toBe(cleanText(texts.join('')));
      }),
    );
  });
});
