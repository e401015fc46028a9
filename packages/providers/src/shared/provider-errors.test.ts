import { describe, expect, test } from '@jest/globals';
import type { ErrorCode } from '@troupe/contracts';
import { ProviderErrors } from './provider-errors.js';
import { MalformedAnswer, type ProviderFailure, ReportedFailure } from './provider-failure.js';

const errors = new ProviderErrors(
  {
    id: 'openai',
    label: 'OpenAI',
    baseUrl: 'https://api.openai.com/v1',
    keySetting: 'OPENAI_API_KEY',
    baseUrlSetting: 'OPENAI_BASE_URL',
    unreachableAdvice: 'Check the network.',
    secrets: ['sk-other', 'sk-very-secret'],
  },
  'gpt-x',
);

describe('failures that a provider reports', () => {
  test.each<[Partial<ProviderFailure>, ErrorCode, boolean]>([
    [{ status: 403 }, 'provider_authentication_failed', false],
    [{ status: 403, message: 'Your input was flagged' }, 'provider_content_filtered', false],
    [{ status: 400, code: 'content_filter' }, 'provider_content_filtered', false],
    [{ status: 429, code: 'insufficient_quota' }, 'provider_quota_exceeded', false],
    [
      { status: 429, message: 'You exceeded your quota', code: 'billing_hard_limit_reached' },
      'provider_quota_exceeded',
      false,
    ],
    [{ status: 400, message: 'Your credit balance is too low' }, 'provider_quota_exceeded', false],
    [{ status: 429, code: 'rate_limit_exceeded' }, 'provider_rate_limited', true],
    [{ status: 400, message: 'gpt-x is not a valid model ID' }, 'model_not_found', false],
    [{ status: 400, message: 'Invalid temperature' }, 'provider_invalid_request', false],
    [{ status: 409, message: 'Conflict: locked by another request' }, 'provider_invalid_request', true],
    [{ status: 301, message: 'Moved' }, 'provider_bad_response', false],
    [{ status: 520 }, 'provider_unavailable', true],
  ])('%j', (failure, code, retryable) => {
    expect(errors.fromFailure({ status: 0, message: 'said', ...failure })).toMatchObject({ code, retryable });
  });

  test('a conversation that is too long is told how to become shorter', () => {
    const { code, message } = errors.fromFailure({ status: 400, message: 'No.', code: 'context_length_exceeded' });
    expect(code).toBe('provider_invalid_request');
    expect(message).toContain('Shorten the conversation');
  });

  test('the provider’s own word on retries wins', () => {
    const failure = (status: number, word: string) =>
      errors.fromFailure({ status, message: '', headers: new Headers({ 'x-should-retry': word, 'retry-after': '2' }) });
    expect(failure(500, 'false')).toMatchObject({ retryable: false, retryAfterMs: undefined });
    expect(failure(400, 'true')).toMatchObject({ retryable: true, retryAfterMs: 2_000 });
  });

  test('details hold facts for programs', () => {
    const headers = new Headers({ 'x-request-id': 'req_1' });
    expect(errors.fromFailure({ status: 500, message: 'x', code: 'server_error', headers }).details).toEqual({
      provider: 'openai',
      model: 'gpt-x',
      status: 500,
      provider_code: 'server_error',
      provider_request_id: 'req_1',
    });
  });

  test('keys and pages do not get into messages', () => {
    const page = `<html><head><title>502 Bad\n Gateway</title></head><body>${'x'.repeat(9_999)}</body></html>`;
    expect(errors.fromFailure({ status: 502, message: page }).message).toContain('(502: 502 Bad Gateway)');
    const { message } = errors.fromFailure({ status: 401, message: 'Incorrect API key: sk-very-secret' });
    expect(message).toContain('[key]');
    expect(message).not.toContain('sk-very-secret');
  });
});

describe('what breaks on the way', () => {
  const coded = (code: string, message = 'broken') => Object.assign(new Error(message), { code });

  test.each<[unknown, 'request' | 'body', ErrorCode]>([
    [coded('ECONNREFUSED'), 'request', 'provider_unavailable'],
    [coded('ENOTFOUND'), 'request', 'provider_unavailable'],
    [coded('ECONNRESET'), 'body', 'provider_stream_interrupted'],
    [new Error('terminated', { cause: coded('UND_ERR_SOCKET') }), 'body', 'provider_stream_interrupted'],
    [coded('UND_ERR_CONNECT_TIMEOUT'), 'request', 'provider_timeout'],
    [coded('UND_ERR_BODY_TIMEOUT', 'Body Timeout Error'), 'body', 'provider_timeout'],
    [new Error('Request timed out.'), 'request', 'provider_timeout'],
    [new SyntaxError('Unexpected token'), 'body', 'provider_bad_response'],
    [new TypeError('message.tool_calls is not iterable'), 'body', 'provider_bad_response'],
    [new MalformedAnswer('nonsense'), 'body', 'provider_bad_response'],
    [new ReportedFailure({ status: 529, message: 'Overloaded' }), 'body', 'provider_overloaded'],
    ['thrown as a text', 'request', 'provider_unavailable'],
  ])('%p in the %s is %s', (error, phase, code) => {
    expect(errors.fromThrown(error, phase)).toMatchObject({ code, retryable: true, fault: 'upstream' });
  });

  test('several addresses that refuse say so once', () => {
    const all = new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')], '');
    expect(errors.fromThrown(new Error('fetch failed', { cause: all }), 'request').message).toContain('(ECONNREFUSED)');
  });

  test('what is one of our errors already stays itself', () => {
    const error = errors.interrupted('cut');
    expect(errors.fromThrown(error, 'body')).toBe(error);
  });
});
