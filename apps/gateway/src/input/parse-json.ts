import { cleanJson, TroupeError } from '@troupe/contracts';

/**
 * The body of a request: parsed, no deeper than may be stored, and free of text that Postgres refuses. Nothing
 * behind this line has to think of it again.
 * @throws TroupeError `malformed_json`, or `invalid_request` when it is nested too deep.
 */
export function parseJson(body: string): unknown {
  // Some editors and languages begin a text with a byte order mark, which RFC 8259 lets a parser ignore.
  const text = body.startsWith('\ufeff') ? body.slice(1) : body;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw malformedJson(text, error);
  }
  return cleanJson(value);
}

/** Where a JSON text goes wrong is searched for in texts of at most this many characters. */
const MAX_SEARCHED_LENGTH = 65_536;

/** Of a request that has to say something and says nothing. */
export function emptyBody(cause: unknown): TroupeError {
  const message = 'The body is empty. Send a JSON object.';
  return new TroupeError({ code: 'malformed_json', fault: 'caller', message, cause });
}

function malformedJson(text: string, error: unknown): TroupeError {
  const options = { code: 'malformed_json', fault: 'caller', cause: error } as const;
  if (text.trim() === '') return emptyBody(error);
  if (text.length > MAX_SEARCHED_LENGTH) return new TroupeError({ ...options, message: 'The body is not valid JSON.' });
  const position = findFault(text);
  const before = text.slice(0, position);
  const line = before.split('\n').length;
  const column = position - before.lastIndexOf('\n');
  return new TroupeError({
    ...options,
    message: `The body is not valid JSON: it goes wrong at line ${line}, column ${column} (position ${position}).`,
    details: { position, line, column },
  });
}

/** Index of the first character that no JSON text could have there. V8's own message does not always name it. */
function findFault(text: string): number {
  let valid = 0;
  let invalid = text.length + 1;
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    if (canGoOn(text.slice(0, middle))) valid = middle;
    else invalid = middle;
  }
  return valid;
}

/** Whether some JSON text begins like this: V8 then complains about the end and about nothing before it. */
function canGoOn(beginning: string): boolean {
  try {
    JSON.parse(beginning);
    return true;
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    const position = /at position (\d+)/.exec(message)?.[1];
    return position === undefined ? message.includes('Unexpected end') : Number(position) >= beginning.length;
  }
}
