/** A text that was hidden in another, and how. */
export interface Disguised {
  text: string;
  /** "base64" */
  as: string;
}

/** Of a text, enough to find what is hidden in it; the rest would only cost time. */
const MAX_HIDDEN = 20;
const MAX_DECODED_CHARACTERS = 20_000;

/** What stands in the text in other letters: encodings that models read as easily as people read words. */
export function readDisguised(text: string): Disguised[] {
  const found: Disguised[] = [];
  for (const match of matches(text, /[A-Za-z0-9+/_-]{20,}={0,2}/g)) add(found, fromBase64(match), 'base64');
  for (const match of matches(text, /(?:[0-9a-fA-F]{2}[ :]?){12,}/g)) add(found, fromHex(match), 'hexadecimal');
  for (const match of matches(text, /(?:[01]{8}[ ]?){6,}/g)) add(found, fromBinary(match), 'binary');
  for (const match of matches(text, /(?:[.-]{1,6}[ /]{1,3}){8,}[.-]{0,6}/g)) add(found, fromMorse(match), 'Morse code');
  if (/%[0-9a-f]{2}%[0-9a-f]{2}/i.test(text)) add(found, fromPercent(text), 'percent encoding');
  if (/&#x?[0-9a-f]{2,6};/i.test(text)) add(found, fromEntities(text), 'character references');
  if (/\\u[0-9a-f]{4}|\\x[0-9a-f]{2}/i.test(text)) add(found, fromEscapes(text), 'escapes');
  if (/[\u{e0020}-\u{e007e}]/u.test(text)) add(found, fromTags(text), 'invisible characters');
  const head = text.slice(0, MAX_DECODED_CHARACTERS);
  add(found, head.replaceAll(/[a-z]/gi, rot13), 'ROT13');
  add(found, [...head].reverse().join(''), 'reverse');
  if (/[a-z][013457@$]|[013457@$][a-z]/i.test(head)) add(found, fromLeet(head), 'leetspeak');
  if (/(?:\b\p{L}[ .*_-]){6,}/u.test(head))
    add(found, head.replaceAll(/\b(\p{L})[ .*_-](?=\p{L}\b)/gu, '$1'), 'spaced letters');
  if (/\b[a-z]+ay\b(?:[ ,?.!]+[a-z]+ay\b){2}/i.test(head)) add(found, fromPigLatin(head), 'pig latin');
  return found;
}

function matches(text: string, pattern: RegExp): string[] {
  const found = text.slice(0, 10 * MAX_DECODED_CHARACTERS).match(pattern) ?? [];
  return found.slice(0, MAX_HIDDEN);
}

function add(found: Disguised[], text: string | undefined, as: string): void {
  if (text !== undefined) found.push({ text: text.slice(0, MAX_DECODED_CHARACTERS), as });
}

function fromBase64(encoded: string): string | undefined {
  return readable(Uint8Array.from(atobSafe(encoded), (character) => character.charCodeAt(0)));
}

function atobSafe(encoded: string): string {
  const standard = encoded.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
  try {
    return atob(standard.slice(0, standard.length - (standard.length % 4 === 1 ? 1 : 0)));
  } catch {
    return '';
  }
}

function fromHex(encoded: string): string | undefined {
  const pairs = encoded.replaceAll(/[ :]/g, '').match(/../g) ?? [];
  return readable(Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16)));
}

function fromBinary(encoded: string): string | undefined {
  const octets = encoded.replaceAll(' ', '').match(/.{8}/g) ?? [];
  return readable(Uint8Array.from(octets, (octet) => Number.parseInt(octet, 2)));
}

/** Bytes as text, where they are one. */
function readable(bytes: Uint8Array): string | undefined {
  if (bytes.length < 6) return undefined;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return /^[\p{L}\p{N}\p{P}\p{Zs}\p{S}\s]+$/u.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

const MORSE = new Map(
  '.- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --..'
    .split(' ')
    .map((code, index) => [code, String.fromCharCode(97 + index)]),
);

function fromMorse(encoded: string): string {
  const words = encoded.split(/ ?\/ ?| {2,}/);
  return words
    .map((word) =>
      word
        .trim()
        .split(' ')
        .map((code) => MORSE.get(code) ?? '')
        .join(''),
    )
    .join(' ');
}

function fromPercent(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll(/%(?![0-9a-f]{2})/gi, '%25'));
  } catch {
    return undefined;
  }
}

function fromEntities(text: string): string {
  return text.replaceAll(/&#(x?)([0-9a-f]{2,6});/gi, (_, hex: string, code: string) => {
    const point = Number.parseInt(code, hex === '' ? 10 : 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : '';
  });
}

function fromEscapes(text: string): string {
  return text.replaceAll(/\\u([0-9a-f]{4})|\\x([0-9a-f]{2})/gi, (_, unicode?: string, byte?: string) =>
    String.fromCharCode(Number.parseInt(unicode ?? byte ?? '0', 16)),
  );
}

/** Letters of a block of Unicode that nothing shows (tags, U+E0000). */
function fromTags(text: string): string {
  return Array.from(text.matchAll(/[\u{e0020}-\u{e007e}]/gu), ([character]) =>
    String.fromCodePoint((character.codePointAt(0) ?? 0) - 0xe0000),
  ).join('');
}

function rot13(letter: string): string {
  const base = letter <= 'Z' ? 65 : 97;
  return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base);
}

const LEET: Record<string, string> = { 0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's', 7: 't', '@': 'a', $: 's' };

function fromLeet(text: string): string {
  return text.replaceAll(/[013457@$]/g, (sign) => LEET[sign] ?? sign);
}

/** "erewhay oesday" as "where does". */
function fromPigLatin(text: string): string {
  return text.replaceAll(
    /\b([a-z]+?)([bcdfghjklmnpqrstvwxz]{1,3}|qu|w|y)?ay\b/gi,
    (word, rest: string, start?: string) => (start === undefined ? word : `${start}${rest}`),
  );
}
