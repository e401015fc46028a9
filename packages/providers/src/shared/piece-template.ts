/** Stands for a text where a template is tried out. */
const PROBE = 'probe';
/** Some servers make each piece differ in more than its text; after so many in vain no further template is made. */
const MOST_IN_VAIN = 3;
/**
 * OpenAI ends its pieces with random letters, so that their length does not tell that of the text: `stream_options`,
 * `include_obfuscation`, in its API reference.
 */
const PADDING = ',"obfuscation":"';

/** The text of a piece that carries nothing else; undefined for any other. Throws what a piece is refused with. */
export type TextOf = (piece: string) => string | undefined;

/**
 * What the pieces of one answer have in common: most carry a few characters of text in two hundred that are the same each
 * time. Once one has been understood, those that differ from it in their text alone need not be parsed, which was the
 * largest single part of what a token costs: a comparison takes a quarter of it, and makes no garbage.
 */
export class PieceTemplate {
  readonly #textOf: TextOf;
  #head = '';
  #tail = '';
  #inVain = 0;

  constructor(textOf: TextOf) {
    this.#textOf = textOf;
  }

  /** The text of a piece that fits; undefined for all that must be parsed. */
  read(padded: string): string | undefined {
    const piece = withoutPadding(padded);
    const head = this.#head;
    const tail = this.#tail;
    const end = piece.length - tail.length;
    // Compared as wholes, because `startsWith` goes character by character and takes as long as the parsing.
    if (head === '' || end < head.length || piece.slice(0, head.length) !== head || piece.slice(end) !== tail) {
      return undefined;
    }
    const text = jsonString(piece.slice(head.length, end));
    if (text !== undefined) this.#inVain = 0;
    return text;
  }

  /** Makes a template of a piece that was parsed and carries nothing but this text. */
  learn(padded: string, text: string): void {
    if (this.#inVain >= MOST_IN_VAIN) return;
    this.#inVain += 1;
    this.#head = '';
    const piece = withoutPadding(padded);
    const brace = piece === padded ? '' : '}';
    const quoted = JSON.stringify(text);
    const start = piece.indexOf(quoted);
    if (start < 0) return;
    const head = piece.slice(0, start);
    const tail = piece.slice(start + quoted.length);
    // The same characters may stand elsewhere in the piece: only another text in this place shows that it is the text's.
    if (this.#textOf(`${head}"${PROBE}"${tail}${brace}`) !== PROBE) return;
    this.#head = head;
    this.#tail = tail;
  }
}

/** A piece up to its padding, where that is its last member; the brace after it is cut off too. */
function withoutPadding(piece: string): string {
  if (!piece.endsWith('"}')) return piece;
  const start = piece.lastIndexOf(PADDING);
  // Anything but letters might end the string, and then this is not the last member.
  const isPadding = start >= 0 && /^\w*$/.test(piece.slice(start + PADDING.length, -2));
  return isPadding ? piece.slice(0, start) : piece;
}

/** Undefined for whatever is not one whole JSON string: what comes instead would change how the rest is to be read. */
function jsonString(json: string): string | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
