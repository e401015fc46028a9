import { describe, expect, it } from '@jest/globals';
import { createLogger } from './create-logger.js';

function recorder() {
  const lines: string[] = [];
  return { lines, output: { write: (line: string) => void lines.push(line) } };
}

describe('createLogger', () => {
  it('writes one JSON object a line, with the level as a word and the time as RFC 3339', () => {
    const { lines, output } = recorder();
    createLogger({ name: 'gateway', level: 'info', format: 'json', output }).info({ run_id: 'r1' }, 'run created');
    expect(lines).toHaveLength(1);
    const entry = JSON.parse(lines[0] ?? '');
    expect(entry).toMatchObject({ level: 'info', name: 'gateway', run_id: 'r1', msg: 'run created' });
    expect(new Date(entry.time).toISOString()).toBe(entry.time);
  });

  it('writes nothing below its level', () => {
    const { lines, output } = recorder();
    const logger = createLogger({ name: 'gateway', level: 'warn', format: 'json', output });
    logger.info('unimportant');
    logger.warn('important');
    expect(lines).toHaveLength(1);
  });

  it.each(['json', 'pretty'] as const)('keeps keys and authorization headers out of %s lines', (format) => {
    const { lines, output } = recorder();
    const logger = createLogger({ name: 'gateway', level: 'info', format, output });
    logger.info({ authorization: 'Bearer hunter2', apiKey: 'hunter2' }, 'top');
    logger.info({ headers: { authorization: 'Bearer hunter2', 'x-api-key': 'hunter2', cookie: 'hunter2' } }, 'nested');
    logger.info({ req: { headers: { authorization: 'Bearer hunter2', 'x-api-key': 'hunter2', host: 'h' } } }, 'deep');
    logger.child({ provider: { api_key: 'hunter2' } }).info('child');
    expect(lines).toHaveLength(4);
    expect(lines.join('')).not.toContain('hunter2');
    expect(lines.join('').split('[redacted]')).toHaveLength(9);
    expect(lines[2]).toMatch(/host/);
  });

  it('writes pretty lines for people', () => {
    const { lines, output } = recorder();
    createLogger({ name: 'llm-worker', level: 'debug', format: 'pretty', output }).debug({ step: 2 }, 'step finished');
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} DEBUG llm-worker step finished step=2\n$/);
  });

  it('keeps the stack of an error', () => {
    const { lines, output } = recorder();
    const logger = createLogger({ name: 'gateway', level: 'info', format: 'pretty', output });
    logger.error({ err: new Error('no connection') }, 'it failed');
    expect(lines[0]).toContain('ERROR gateway it failed\n    Error: no connection\n        at ');
  });

  it('logs the plain values of an error and leaves out what a driver hangs on it', () => {
    const { lines, output } = recorder();
    const client = { parsedStatements: { insert: 'INSERT INTO secrets' } };
    const cause = Object.assign(new Error('connection lost'), { client });
    const error = Object.assign(new Error('no answer', { cause }), {
      code: '57P01',
      severity: 'FATAL',
      detail: 'Failing row contains (what somebody said).',
      client,
    });
    createLogger({ name: 'gateway', level: 'info', format: 'json', output }).warn({ err: error }, 'it broke');
    const { err } = JSON.parse(lines[0] ?? '');
    expect(err).toEqual({
      type: 'Error',
      message: 'no answer: connection lost',
      stack: expect.stringContaining('caused by: Error: connection lost'),
      code: '57P01',
      severity: 'FATAL',
    });
  });
});
