import fc from 'fast-check';

const HUGE = 'x'.repeat(20_000);

/** JSON texts of values that no field hopes for. */
const RAW_VALUES = [
  '1e400',
  '-1e400',
  '-0',
  '1e-400',
  '0.1',
  '-1',
  '9007199254740993',
  '99999999999999999999',
  'null',
  'true',
  '""',
  '" "',
  '"NaN"',
  '"Infinity"',
  '"\\u0000"',
  '"a\\u0000b"',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"\u202e\u200b"',
  '"__proto__"',
  '"constructor"',
  '"toString"',
  '"%"',
  '"\'; DROP TABLE runs; --"',
  '"{{7*7}}<script>"',
  '"../../../../etc/passwd"',
  '"00000000-0000-0000-0000-000000000000"',
  '"0001-01-01T00:00:00Z"',
  '"9999-12-31T23:59:59.999Z"',
  '"+275760-09-13T00:00:00.001Z"',
  '[]',
  '[[]]',
  '[null]',
  '{}',
  '{"__proto__": {"admin": true}}',
  '{"constructor": {"prototype": {"admin": true}}}',
  '{"toString": 1, "valueOf": 2, "then": 3, "toJSON": 4, "length": -1}',
  '{"": ""}',
  '{"a": 1, "a": 2}',
  `"${HUGE}"`,
  `${'['.repeat(70)}${']'.repeat(70)}`,
  `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  `[${Array(2_000).fill('1').join(',')}]`,
  `[${Array(2_000).fill('{}').join(',')}]`,
];

/** The JSON text of a hostile value. */
const hostileJson: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...RAW_VALUES) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }).map((text) => JSON.stringify(text)) },
);

/** Percent-encoded pieces of addresses, as they are sent. */
export const hostilePiece: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '%00',
    'a%00b',
    '%ff',
    '%zz',
    '%',
    '%2F',
    '..',
    '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    '%ED%A0%80',
    '__proto__',
    'constructor',
    'null',
    'undefined',
    'NaN',
    '-1',
    '0',
    '1e9',
    '1e400',
    '0x10',
    '%27%20OR%201%3D1--',
    '%F0%9F%98%80',
    '%20',
    '+',
    '~',
    '*',
    ':',
    '%0d%0ax-injected:%201',
    'x'.repeat(501),
    'x'.repeat(9_000),
    '00000000-0000-0000-0000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    '{}',
    '[]',
    '%5B%22a%22%5D',
  ),
  // Without a character the address would be another one.
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).map((text) => encodeURIComponent(text.toWellFormed())),
);

/** Values of headers, without what Node itself would refuse to send. */
export const hostileHeader: fc.Arbitrary<string> = fc.constantFrom(
  '',
  ' ',
  '"',
  '""',
  '"a b"',
  "it's",
  'a b',
  'caf\u00e9',
  'x'.repeat(255),
  'x'.repeat(256),
  'x'.repeat(8_000),
  'null',
  '0',
  '-1',
  '0-0',
  '1-99999999999999999999',
  '99999999999999999999-1',
  '1-1-1',
  '../../etc',
  '{"a":1}',
);

/** A JSON text with one of its values, or itself, replaced by another JSON text, or with a field more or less. */
export function mutated(json: unknown): fc.Arbitrary<string> {
  const places = placesOf(json, []);
  return fc
    .record({
      place: fc.constantFrom(...places),
      hostile: hostileJson,
      manner: fc.constantFrom('replace', 'replace', 'add', 'drop', 'double'),
    })
    .map(({ place, hostile, manner }) => write(json, place, hostile, manner));
}

type Place = readonly (string | number)[];

function placesOf(value: unknown, at: Place): Place[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([name, item]) => placesOf(item, [...at, name]))];
}

function write(value: unknown, place: Place, hostile: string, manner: string): string {
  if (place.length === 0) {
    if (manner === 'add' && typeof value === 'object' && value !== null && !Array.isArray(value)) {
      const fields = Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}:${JSON.stringify(item)}`);
      return `{${[...fields, `"surplus":${hostile}`].join(',')}}`;
    }
    return hostile;
  }
  const [first, ...rest] = place;
  const entries = Object.entries(value as object).flatMap(([name, item]) => {
    const written = name !== first ? JSON.stringify(item) : write(item, rest, hostile, manner);
    if (name === first && rest.length === 0 && manner === 'drop') return [];
    const entry: [string, string] = [name, written];
    return name === first && rest.length === 0 && manner === 'double'
      ? [[name, JSON.stringify(item)] as [string, string], entry]
      : [entry];
  });
  if (Array.isArray(value)) return `[${entries.map(([, item]) => item).join(',')}]`;
  return `{${entries.map(([name, item]) => `${JSON.stringify(name)}:${item}`).join(',')}}`;
}
