import { expect, test } from '@jest/globals';
import { JsonLineReader, type ModelRequest, OnFirstUse, withPromptedOutput } from './provider-kit.js';

test('a provider that streams lines of JSON has its reader', () => {
  const reader = new JsonLineReader();
  const bytes = Buffer.from('{"text":"Grüße"}\n\n{"done":true}');
  // A character may be cut anywhere.
  expect([...reader.push(bytes.subarray(0, 13)), ...reader.push(bytes.subarray(13)), ...reader.end()]).toEqual([
    '{"text":"Grüße"}',
    '{"done":true}',
  ]);
});

test('an SDK is imported once, when it is first needed', async () => {
  let imports = 0;
  const sdk = new OnFirstUse(async () => ({ imported: ++imports }));
  expect(imports).toBe(0);
  await sdk.get();
  expect(await sdk.get()).toEqual({ imported: 1 });
});

test('a model that checks no schema is asked for it in words, at the end of what is fixed', () => {
  const request: ModelRequest = {
    system: 'You help.',
    messages: [],
    outputSchema: { name: 'plan', schema: { type: 'object' } },
  };
  expect(withPromptedOutput(request).system).toMatch(
    /^You help\.\n\nAnswer with one JSON value .*\{"type":"object"\}$/s,
  );
  expect(request.system).toBe('You help.');
});
