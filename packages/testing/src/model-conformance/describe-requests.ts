import { describe, expect, test } from '@jest/globals';
import type { ModelMessage } from '@troupe/spec';
import type { ConformanceBench } from './model-under-test.js';
import { ask, failureOf, modes, userRequest } from './observe-model.js';

const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

export function describeRequests(bench: ConformanceBench): void {
  const lastRequest = () => bench.simulator.requests.at(-1);

  describe.each(modes)('requests (%s)', (mode) => {
    test('the system prompt comes first, then the messages in order', async () => {
      const messages: ModelMessage[] = [
        { role: 'user', content: [{ type: 'text', text: 'I am Ada.' }] },
        { role: 'assistant', content: [{ type: 'text', text: 'Hello Ada.' }] },
        { role: 'user', content: [{ type: 'text', text: 'Who am I?' }] },
      ];
      await ask(mode, bench.model(), { system: 'You help.', messages });
      expect(lastRequest()?.request?.messages.map(({ role, text }) => [role, text])).toEqual([
        ['system', 'You help.'],
        ['user', 'I am Ada.'],
        ['assistant', 'Hello Ada.'],
        ['user', 'Who am I?'],
      ]);
      expect(lastRequest()?.request?.stream).toBe(mode === 'stream');
    });

    test('a thread that opens with the assistant, and turns in a row, are accepted', async () => {
      const messages: ModelMessage[] = [
        { role: 'assistant', content: [{ type: 'text', text: 'Welcome!' }] },
        { role: 'user', content: [{ type: 'text', text: 'One' }] },
        { role: 'user', content: [{ type: 'text', text: 'Two' }] },
        { role: 'assistant', content: [{ type: 'text', text: '' }] },
        { role: 'user', content: [{ type: 'text', text: ' ' }] },
        { role: 'user', content: [{ type: 'text', text: 'Three' }] },
      ];
      await ask(mode, bench.model(), { messages });
      const said = (lastRequest()?.request?.messages ?? []).map(({ text }) => text).join('\n');
      for (const text of ['Welcome!', 'One', 'Two', 'Three']) expect(said).toContain(text);
    });

    test('settings are sent', async () => {
      const { takesStop } = bench.abilities;
      const settings = { temperature: 0.5, max_tokens: 123, ...(takesStop && { stop: ['END'] }) };
      await ask(mode, bench.model(), userRequest('Hello', { settings }));
      expect(lastRequest()?.request?.maxTokens).toBe(123);
      const body = JSON.stringify(lastRequest()?.body);
      expect(body).toContain('"temperature":0.5');
      if (takesStop) expect(body).toContain('["END"]');
    });

    test('what nobody set is not sent', async () => {
      await ask(mode, bench.model(), userRequest('Hello'));
      expect(JSON.stringify(lastRequest()?.body)).not.toMatch(/temperature|top_p|stop_sequences|"stop"|tools|null/);
    });

    test('images are sent beside their text', async () => {
      const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } } as const;
      const messages: ModelMessage[] = [{ role: 'user', content: [{ type: 'text', text: 'What is this?' }, image] }];
      await ask(mode, bench.model(), { messages });
      expect(JSON.stringify(lastRequest()?.body)).toContain(pixel);
      expect(lastRequest()?.request?.lastUserText).toBe('What is this?');
    });

    test('an image by URL is sent, or refused where the provider fetches none', async () => {
      const image = { type: 'image', source: { type: 'url', url: 'https://example.com/cat.png' } } as const;
      const call = ask(mode, bench.model(), { messages: [{ role: 'user', content: [image] }] });
      if (bench.abilities.takesImageUrls) {
        await call;
        expect(JSON.stringify(lastRequest()?.body)).toContain('https://example.com/cat.png');
      } else {
        const error = await failureOf(call);
        expect(error).toMatchObject({ code: 'provider_invalid_request', fault: 'caller', retryable: false });
        expect(bench.simulator.requests).toHaveLength(0);
      }
    });
  });

  test('a model name may hold slashes and colons', async () => {
    const model = bench.model({ model: 'vendor/family:70b' });
    await model.generate(userRequest('Hello'));
    expect(model.id).toBe(`${bench.id}/vendor/family:70b`);
    expect(lastRequest()?.request?.model).toBe('vendor/family:70b');
  });

  test('the key is sent in a header and nowhere else', async () => {
    await bench.model({ apiKey: 'sk-conformance' }).generate(userRequest('Hello'));
    const { headers, body, path } = lastRequest() ?? {};
    expect(Object.values(headers ?? {}).join('\n')).toContain('sk-conformance');
    expect(JSON.stringify(body) + path).not.toContain('sk-conformance');
  });
}
