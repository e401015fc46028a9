import { type DestinationStream, destination, type Logger, pino, stdTimeFunctions } from 'pino';
import { errorFields } from './error-fields.js';
import { formatLogLine } from './format-log-line.js';

export interface LoggerOptions {
  /** Name of the app, in every entry. */
  name: string;
  level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
  /** Absent: pretty on a terminal, else json. */
  format?: 'pretty' | 'json' | undefined;
  /** Takes finished lines, line break included. Default: the standard output, written synchronously. */
  output?: DestinationStream;
}

const SECRET_FIELDS = ['authorization', 'Authorization', 'cookie', 'apiKey', 'api_key', 'password', 'token', 'secret'];

/** Redaction works on exact paths: each field at the top and up to two levels down, plus headers wherever we log them. */
const REDACTED_PATHS = [
  ...SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
  ...['["x-api-key"]', '["set-cookie"]'].flatMap((field) => [field, `*${field}`, `*.*${field}`]),
];

/** The logger of a process. Keys and authorization headers in logged objects are replaced by `[redacted]`. */
export function createLogger({
  name,
  level,
  format,
  output = destination({ dest: 1, sync: true }),
}: LoggerOptions): Logger {
  const pretty = (format ?? (process.stdout.isTTY ? 'pretty' : 'json')) === 'pretty';
  const colours = process.stdout.isTTY;
  const stream = pretty ? { write: (line: string) => output.write(formatLogLine(line, colours)) } : output;
  const options = {
    name,
    level,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: errorFields },
    redact: { paths: REDACTED_PATHS, censor: '[redacted]' },
  };
  return pino(options, stream);
}
