import { describe, expect, test } from '@jest/globals';
import type { RunEvent, RunEventBody, RunSnapshot, Usage } from '@troupe/contracts';
import { ChatChunks } from './chat-chunks.js';
import { chatHead } from './chat-completion.js';
import { chunksOf, framesOf, textOfChunks } from './chat-stream.test-reader.js';
import { RunChunks } from './run-chunks.js';

const ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const USAGE: Usage = {
  input_tokens: 7,
  output_tokens: 3,
  total_tokens: 10,
  cached_input_tokens: 2,
  reasoning_tokens: 1,
  cost: null,
};

const text = (delta: string): RunEventBody => ({ type: 'text.delta', data: { delta } });
const thought = (delta: string): RunEventBody => ({ type: 'reasoning.delta', data: { delta } });
const step = (number: number): RunEventBody => ({ type: 'step.started', data: { step: number } });
const completed: RunEventBody = {
  type: 'run.completed',
  data: { run_id: ID, thread_id: ID, message_id: ID, stop_reason: 'end_turn', usage: USAGE },
};

/** Events in order; `restart` withdraws everything of the step under way. */
function log(...bodies: (RunEventBody | 'restart')[]): RunEvent[] {
  let id = { attempt: 1, n: 0 };
  let beforeStep = '0-1';
  return bodies.map((given): RunEvent => {
    const restarted = given === 'restart';
    const body: RunEventBody = restarted
      ? { type: 'step.restarted', data: { step: 0, withdraw_after: beforeStep } }
      : given;
    if (body.type === 'step.started' && id.attempt === 1) beforeStep = `${id.attempt}-${id.n}`;
    id = restarted ? { attempt: id.attempt + 1, n: 1 } : { ...id, n: id.n + 1 };
    return { ...body, id };
  });
}

function streamOf(events: RunEvent[], pieces = 1): string {
  const run = new RunChunks(new ChatChunks(chatHead(ID, 'agent/a'), { includeUsage: true }));
  let frames = '';
  const size = Math.ceil(events.length / pieces);
  for (let from = 0; from < events.length; from += size) frames += run.add(events.slice(from, from + size));
  return frames;
}

const said = (...bodies: (RunEventBody | 'restart')[]) => {
  const frames = streamOf(log(...bodies));
  const error = framesOf(frames).find((frame) => typeof frame === 'object' && 'error' in frame);
  return { text: textOfChunks(chunksOf(frames)), error: error && 'error' in error ? error.error.code : null };
};

describe('a run as chunks', () => {
  test('ends with its reason, its usage and the mark', () => {
    const frames = framesOf(streamOf(log(step(0), text('Hi'), completed)));
    expect(frames.slice(-3)).toEqual([
      expect.objectContaining({
        choices: [{ index: 0, delta: {}, logprobs: null, finish_reason: 'stop' }],
        usage: null,
      }),
      expect.objectContaining({
        choices: [],
        usage: {
          prompt_tokens: 7,
          completion_tokens: 3,
          total_tokens: 10,
          prompt_tokens_details: { cached_tokens: 2 },
          completion_tokens_details: { reasoning_tokens: 1 },
        },
      }),
      '[DONE]',
    ]);
  });

  test('text that arrived together goes out together', () => {
    expect(chunksOf(streamOf(log(step(0), text('a'), text('b'), text('c'))))).toHaveLength(1);
  });

  test('texts of several turns stand apart, turns without text leave no gap', () => {
    const turns = [step(0), text('Let me see.'), step(1), step(2), text('Yes.'), text(' Really.'), completed];
    expect(said(...turns)).toEqual({ text: 'Let me see.\n\nYes. Really.', error: null });
    expect(said(step(0), step(1), text('Yes.'), completed).text).toBe('Yes.');
  });

  test('calls of tools are not shown', () => {
    const call: RunEventBody = {
      type: 'tool_call.requested',
      data: { tool_call_id: 'c', name: 'calculate', arguments: {} },
    };
    expect(chunksOf(streamOf(log(step(0), call, step(1), text('4'))))).toHaveLength(1);
  });

  test('a run that waits for people ends its answer with an error, unless it is known to have gone on', () => {
    const waits: RunEventBody = { type: 'run.waiting', data: { kind: 'approval' } };
    expect(said(step(0), text('Let me ask.'), waits)).toEqual({ text: 'Let me ask.', error: 'approval_required' });
    expect(said(step(0), waits, step(2), text('Done.'), completed)).toEqual({ text: 'Done.', error: null });
    const tool: RunEventBody = { type: 'run.waiting', data: { kind: 'tool' } };
    expect(said(step(0), tool)).toEqual({ text: '', error: null });
  });

  test('nothing follows the end', () => {
    expect(said(step(0), text('Hi'), completed, text('!')).text).toBe('Hi');
  });
});

describe('a step that begins anew', () => {
  test.each<[string, (RunEventBody | 'restart')[]]>([
    ['says the same again', [text('Hello'), text(' you'), 'restart', step(0), text('Hel'), text('lo you')]],
    ['says more', [text('Hel'), 'restart', step(0), text('Hello'), text(' you')]],
    ['had said nothing', ['restart', step(0), text('Hello you')]],
    ['begins three times', [text('Hello'), 'restart', step(0), text('He'), 'restart', step(0), text('Hello you')]],
  ])('goes on where it %s', (_case, bodies) => {
    expect(said(step(0), ...bodies, completed)).toEqual({ text: 'Hello you', error: null });
  });

  test('keeps the turns before it', () => {
    const bodies = [step(0), text('One.'), step(1), text('Tw'), 'restart' as const, step(1), text('Two.'), completed];
    expect(said(...bodies)).toEqual({ text: 'One.\n\nTwo.', error: null });
  });

  test.each<[string, (RunEventBody | 'restart')[]]>([
    ['other words', [text('Hello'), 'restart', step(0), text('Hey there')]],
    ['other words after the same', [text('Hello you'), 'restart', step(0), text('Hello '), text('me')]],
    ['less, and ends', [text('Hello you'), 'restart', step(0), text('Hello')]],
    ['less, and another turn', [text('Hello you'), 'restart', step(0), text('Hello'), step(1), text('Bye')]],
  ])('ends the answer where it says %s', (_case, bodies) => {
    const { text: shown, error } = said(step(0), ...bodies, completed);
    expect(error).toBe('answer_withdrawn');
    expect(['Hello', 'Hello you']).toContain(shown);
  });

  test('does not think aloud a second time', () => {
    const frames = streamOf(log(step(0), thought('Hm.'), 'restart', step(0), thought('Hm.'), text('Yes'), completed));
    const thoughts = chunksOf(frames).map(({ choices }) => choices[0]?.delta.reasoning_content ?? '');
    expect(thoughts.join('')).toBe('Hm.');
  });
});

describe('a log that was removed', () => {
  const snapshot = (response: string): RunEventBody => {
    const data = { response, status: 'completed', usage: USAGE } as Partial<RunSnapshot> as RunSnapshot;
    return { type: 'stream.reset', data };
  };

  test('is told as one piece', () => {
    expect(said(snapshot('Hi'), completed)).toEqual({ text: 'Hi', error: null });
  });

  test('is an error to whoever has seen a part', () => {
    expect(said(step(0), text('H'), snapshot('Hi'), completed)).toEqual({ text: 'H', error: 'answer_withdrawn' });
  });
});

test('how events are cut into pieces changes nothing but the number of chunks', () => {
  const events = log(
    step(0),
    text('a'),
    text('b'),
    'restart',
    step(0),
    text('ab'),
    text('c'),
    step(1),
    text('d'),
    completed,
  );
  const texts = [1, 2, 3, 5, 10].map((pieces) => textOfChunks(chunksOf(streamOf(events, pieces))));
  expect(new Set(texts)).toEqual(new Set(['abc\n\nd']));
});
