import { expect, test } from '@jest/globals';
import { ReasoningDetailsEnvelope, sealedReasoningOf } from './reasoning-details-envelope.js';

test('streamed pieces become the blocks that must go back, in order', () => {
  const envelope = new ReasoningDetailsEnvelope('vendor/model');
  envelope.begin({ provider: 'Upstream', model: 'vendor/model-2026' });
  envelope.add([{ type: 'reasoning.text', text: 'One ', format: 'f', index: 0 }]);
  envelope.add([{ type: 'reasoning.text', text: 'two', signature: null, index: 0 }]);
  envelope.add([{ type: 'reasoning.text', signature: 'sig', index: 0 }]);
  envelope.add([
    { type: 'reasoning.encrypted', data: 'AA', id: 'r1', index: 1 },
    { type: 'reasoning.encrypted', data: 'BB', id: 'r2', index: 2 },
  ]);
  envelope.add([{ type: 'reasoning.summary', summary: 'In ', index: 3 }]);
  envelope.add([{ type: 'reasoning.summary', summary: 'short', index: 3 }]);
  expect(envelope.seal()).toEqual({
    provider: 'openrouter',
    model: 'vendor/model',
    data: {
      upstream: 'Upstream',
      model: 'vendor/model-2026',
      details: [
        { type: 'reasoning.text', text: 'One two', format: 'f', index: 0, signature: 'sig' },
        { type: 'reasoning.encrypted', data: 'AA', id: 'r1', index: 1 },
        { type: 'reasoning.encrypted', data: 'BB', id: 'r2', index: 2 },
        { type: 'reasoning.summary', summary: 'In short', index: 3 },
      ],
    },
  });
});

test('blocks without an index are never joined, and nothing makes no envelope', () => {
  const envelope = new ReasoningDetailsEnvelope('m');
  expect(envelope.seal()).toBeUndefined();
  envelope.add([{ type: 'reasoning.text', text: 'a' }]);
  envelope.add([{ type: 'reasoning.text', text: 'b' }]);
  expect(envelope.seal()?.data).toHaveLength(2);
});

test('only its own model finds it again, and only in its own form', () => {
  const envelope = new ReasoningDetailsEnvelope('m');
  envelope.add([{ type: 'reasoning.text', text: 'a', signature: 's' }]);
  const opaque = envelope.seal();
  const part = { type: 'reasoning' as const, text: 'a', opaque };
  expect(sealedReasoningOf([part], { provider: 'openrouter', model: 'm' })).toEqual({
    details: [{ type: 'reasoning.text', text: 'a', signature: 's' }],
  });
  expect(sealedReasoningOf([part], { provider: 'openrouter', model: 'another' })).toBeUndefined();
  expect(
    sealedReasoningOf([{ ...part, opaque: { provider: 'openrouter', model: 'm', data: 'seen' } }], {
      provider: 'openrouter',
      model: 'm',
    }),
  ).toBeUndefined();
});
