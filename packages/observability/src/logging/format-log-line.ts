import { styleText } from 'node:util';

/** Fields that have their own place in a line, or say nothing to a person. */
const PLACED = new Set(['time', 'level', 'name', 'msg', 'err', 'pid', 'hostname']);

const LEVEL_STYLES = {
  fatal: 'red',
  error: 'red',
  warn: 'yellow',
  info: 'green',
  debug: 'blue',
  trace: 'gray',
} as const;

/**
 * One JSON entry as a line for people: `12:30:01.250 INFO  gateway listening url=http://127.0.0.1:3000`; an error's stack follows on
 * lines of its own. What is not JSON stays as it is.
 */
export function formatLogLine(line: string, colours: boolean): string {
  const entry = parse(line);
  if (!entry) return line;
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    colours ? styleText(style, text, { validateStream: false }) : text;

  const level = String(entry.level);
  const parts = [
    paint('dim', clockTime(entry.time)),
    paint(
      level in LEVEL_STYLES ? LEVEL_STYLES[level as keyof typeof LEVEL_STYLES] : 'reset',
      level.toUpperCase().padEnd(5),
    ),
    paint('cyan', String(entry.name ?? '')),
    String(entry.msg ?? ''),
  ];
  for (const [key, value] of Object.entries(entry)) {
    if (!PLACED.has(key)) parts.push(`${paint('dim', `${key}=`)}${formatValue(value)}`);
  }
  return `${parts.filter((part) => part !== '').join(' ')}${paint('dim', stackOf(entry.err))}\n`;
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === 'object' && entry !== null ? { ...entry } : undefined;
  } catch {
    return undefined;
  }
}

/** `12:30:01.250`, the time of day of this machine. */
function clockTime(time: unknown): string {
  const date = new Date(String(time));
  if (Number.isNaN(date.getTime())) return '';
  const milliseconds = String(date.getMilliseconds()).padStart(3, '0');
  return `${date.toTimeString().slice(0, 8)}.${milliseconds}`;
}

function formatValue(value: unknown): string {
  if (typeof value === 'string' && /^[^\s"=]+$/.test(value)) return value;
  return JSON.stringify(value) ?? '';
}

function stackOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const text = 'stack' in error ? error.stack : 'message' in error ? error.message : JSON.stringify(error);
  return `\n${String(text).replace(/^/gm, '    ')}`;
}
