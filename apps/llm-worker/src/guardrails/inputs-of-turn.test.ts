import { describe, expect, test } from '@jest/globals';
import { type InputMessage, inputMessage } from '@troupe/agent';
import type { ClaimedRun } from '@troupe/database';
import { inputsOfTurn, withInputs } from './inputs-of-turn.js';

type Message = ClaimedRun['history'][number];

function message(id: string, role: Message['role']): Message {
  return { id, role, content: [{ type: 'text', text: id }] };
}

/** What the functions read of a claimed run. */
function run(history: Message[], changes: Partial<ClaimedRun> = {}): ClaimedRun {
  const read: Pick<ClaimedRun, 'history' | 'options' | 'turn' | 'received' | 'agent'> = {
    agent: 'ada',
    history,
    options: {},
    turn: 0,
    received: [],
  };
  return { ...read, ...changes } as ClaimedRun;
}

const ids = (inputs: readonly InputMessage<Message>[]) => inputs.map(({ message: { id } }) => id);

describe('inputsOfTurn', () => {
  const talk = [message('first', 'user'), message('answer', 'assistant')];

  test('is what users said since anybody answered, with what no run came to read', () => {
    const history = [...talk, message('lost', 'user'), message('note', 'system'), message('now', 'user')];
    expect(ids(inputsOfTurn(run(history)))).toEqual(['lost', 'now']);
  });

  test('is nothing in a turn that only reads results', () => {
    const history = [...talk, message('now', 'user'), message('calls', 'assistant'), message('result', 'tool')];
    expect(inputsOfTurn(run(history, { turn: 1 }))).toEqual([]);
  });

  test('is also the message before, for an agent that was handed the run', () => {
    const handed = [...talk, message('now', 'user'), message('hands over', 'assistant'), message('done', 'tool')];
    const options = { handed_over: { turn: 1, max_turns: 10 } };
    expect(ids(inputsOfTurn(run(handed, { turn: 1, options })))).toEqual(['now']);
    expect(ids(inputsOfTurn(run([...handed, message('late', 'user')], { turn: 1, options })))).toEqual(['now', 'late']);
    expect(inputsOfTurn(run(handed, { turn: 2, options }))).toEqual([]);
  });

  test('is also what was sent along with the handoff, which is kept as guardrails leave it', () => {
    const call = { type: 'tool_call' as const, id: 'call', name: 'transfer_to_ada', arguments: { topic: 'sums' } };
    const done = { type: 'tool_result' as const, tool_call_id: 'call', name: call.name, content: 'x' };
    const history: Message[] = [
      message('now', 'user'),
      { ...message('hands over', 'assistant'), content: [{ type: 'text', text: 'One moment.' }, call] },
      { ...message('done', 'tool'), content: [{ ...done, status: 'completed' }] },
    ];
    const before = run(history, { turn: 1, options: { handed_over: { turn: 1, max_turns: 10 } } });
    const inputs = inputsOfTurn(before);
    expect(ids(inputs)).toEqual(['hands over', 'now']);
    expect(inputs[0]?.content).toEqual([{ type: 'text', text: '{"topic":"sums"}' }]);
    const by = { guardrail: 'g', reason: 'r' };
    const text = (said: string) => [{ type: 'text' as const, text: said }];
    const kept = (content: string) =>
      withInputs(before, inputs, [{ content: text(content), changed: true, by }]).withheld[0]?.content[1];
    expect(kept('{"topic":"[removed]"}')).toEqual({ ...call, arguments: { topic: '[removed]' } });
    expect(kept('{"topic":"[cut')).toEqual({ ...call, arguments: {} });
  });
});

describe('withInputs', () => {
  const by = { guardrail: 'g', reason: 'r' };
  const blocked = { guardrail: 'g', reason: 'r', message: undefined };

  test('what was stored is to be replaced, what was just received is stored as it is kept', () => {
    const history = [message('stored', 'user'), message('received', 'user')];
    const received = history.slice(1);
    const { run: read, withheld } = withInputs(run(history, { received }), history.map(inputMessage), [
      { content: [{ type: 'text', text: 'less' }], changed: true, by },
      { content: [], changed: false, by, blocked },
    ]);
    const marker = [{ type: 'text', text: '[This message was withheld by the guardrail "g".]' }];
    expect(withheld).toEqual([{ id: 'stored', content: [{ type: 'text', text: 'less' }], withheld: by }]);
    expect(read.received).toMatchObject([{ id: 'received', content: marker, withheld: by }]);
    expect(read.history.map(({ content }) => content)).toEqual([[{ type: 'text', text: 'less' }], marker]);
  });

  test('what passed is left alone', () => {
    const history = [message('a', 'user')];
    const before = run(history);
    expect(
      withInputs(before, history.map(inputMessage), [{ content: history[0]?.content ?? [], changed: false }]),
    ).toEqual({
      run: before,
      withheld: [],
    });
  });
});
