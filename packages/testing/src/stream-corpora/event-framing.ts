import type { ExpectedAnswer, StreamCorpus } from './stream-corpus.js';

/** Server-sent events of these data, as most servers write them. */
export function events(...data: string[]): string {
  return data.map((item) => `data: ${item}\n\n`).join('');
}

/**
 * One answer in every way in which server-sent events may be written down (WHATWG HTML, section 9.2.6), and in the ways
 * in which servers deviate from it.
 */
export function framingCorpora(data: readonly string[], expected: ExpectedAnswer): StreamCorpus[] {
  const plain = events(...data);
  const last = data.at(-1) ?? '';
  const corpus = (name: string, body: string, trailer?: string): StreamCorpus => ({
    name: `framing: ${name}`,
    body,
    expected,
    ...(trailer !== undefined && { trailer }),
  });
  const each = (write: (item: string) => string) => data.map(write).join('');
  return [
    corpus('lines end in CRLF', plain.replaceAll('\n', '\r\n')),
    corpus('lines end in CR', plain.replaceAll('\n', '\r')),
    corpus(
      'line ends of all three kinds',
      each((item) => `: a\r\ndata: ${item}\r: b\n\r\n`),
      '\r: b\n\r\n',
    ),
    corpus('a byte order mark', `\ufeff${plain}`),
    corpus('no space after the colon', plain.replaceAll('data: ', 'data:')),
    corpus(
      'keep-alive comments between events',
      `: ping\n\n:\n\n${each((item) => `data: ${item}\n\n:keep-alive\n\n`)}`,
      '\n\n:keep-alive\n\n',
    ),
    corpus(
      'comments within an event',
      each((item) => `: before\ndata: ${item}\n: after\n\n`),
      '\n: after\n\n',
    ),
    corpus(
      'event, id and retry fields',
      each((item) => `event: x\nid: 1\nretry: 10\ndata: ${item}\n\n`),
    ),
    corpus(
      'unknown fields, and a field without a colon',
      each((item) => `dat: {\nfoo\ndatabase: {\ndata: ${item}\nbar: {\n\n`),
      '\nbar: {\n\n',
    ),
    corpus(
      'data over several lines',
      each((item) => `${linesOf(item)}\n`),
    ),
    corpus('many blank lines', `\n\n\n${each((item) => `data: ${item}\n\n\n\n`)}`),
    corpus(
      'events without data',
      `event: ping\n\ndata\n\ndata:\n\n${each((item) => `data: ${item}\n\nid: 7\n\n`)}`,
      '\n\nid: 7\n\n',
    ),
    corpus('no blank line at the end', `${events(...data.slice(0, -1))}data: ${last}`),
    corpus(
      'more after the end',
      `${plain}data: {"never": "read"\n\n: bye\n\n`,
      '\n\ndata: {"never": "read"\n\n: bye\n\n',
    ),
  ];
}

/** The data of a body that also names its events. */
export function dataOf(body: string): string[] {
  return body.split('\n').flatMap((line) => (line.startsWith('data: ') ? [line.slice(6)] : []));
}

/** JSON may stand on several lines, each a `data` field of its own. */
function linesOf(item: string): string {
  if (!item.startsWith('{')) return `data: ${item}\n`;
  const lines = JSON.stringify(JSON.parse(item), undefined, 1).split('\n');
  return lines.map((line) => `data: ${line}\n`).join('');
}
