import { describe, expect, it } from '@jest/globals';
import { formatLogLine } from './format-log-line.js';

const time = '2026-01-02T03:04:05.067Z';

describe('formatLogLine', () => {
  it('shows fields as key=value and quotes what would be ambiguous', () => {
    const entry = {
      level: 'info',
      time,
      pid: 1,
      hostname: 'h',
      name: 'gateway',
      a: 'x',
      b: 'two words',
      c: { d: 1 },
      msg: 'hi',
    };
    const line = formatLogLine(JSON.stringify(entry), false);
    expect(line.slice(line.indexOf('INFO'))).toBe('INFO  gateway hi a=x b="two words" c={"d":1}\n');
    expect(line).toContain('.067 ');
  });

  it('passes on a line that is no JSON', () => {
    expect(formatLogLine('plain text\n', false)).toBe('plain text\n');
  });

  it('colours only when asked', () => {
    const line = JSON.stringify({ level: 'error', time, name: 'gateway', msg: 'hi' });
    expect(formatLogLine(line, true)).toContain('\u001b[31mERROR\u001b[39m');
    expect(formatLogLine(line, false)).not.toContain('\u001b');
  });
});
