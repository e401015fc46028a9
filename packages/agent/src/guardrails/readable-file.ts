import type { FilePart } from '@troupe/contracts';

const TEXT_TYPES =
  /^(?:text\/|application\/(?:json|xml|yaml|x-yaml|csv|javascript|sql|x-ndjson|rtf)\b)|\+(?:json|xml|yaml)\b/i;

/** Between the name of a file and its text, where both are looked at as one. */
const NAME_END = '\n\n';

/**
 * What checks of texts can read of a file: its name, which models see as well, and its text where it is one that came with the
 * message. What stands behind a URL nobody here has read.
 */
export function readableText(file: FilePart): { text: string; isWhole: boolean } {
  const name = file.name.replaceAll(/\s+/g, ' ');
  const text = textIn(file);
  return text === undefined ? { text: name, isWhole: false } : { text: `${name}${NAME_END}${text}`, isWhole: true };
}

/** The file with what checks have left of its text. */
export function withReadableText(file: FilePart, text: string): FilePart {
  if (!readableText(file).isWhole) return { ...file, name: text };
  const [name = '', ...rest] = text.split(NAME_END);
  const data = Buffer.from(rest.join(NAME_END), 'utf8').toString('base64');
  return { ...file, name, source: { type: 'base64', data } };
}

/** Undefined: it is none. Its sender says what type it is, so bytes that read as text are text whatever that says. */
function textIn({ media_type, source }: FilePart): string | undefined {
  if (source.type !== 'base64') return undefined;
  const bytes = Buffer.from(source.data, 'base64');
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  if (TEXT_TYPES.test(media_type)) return new TextDecoder().decode(bytes);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}
