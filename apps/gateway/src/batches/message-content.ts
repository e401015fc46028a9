import type { BatchMessage, FilePart, ImagePart, TextPart } from '@troupe/contracts';
import { ValidateBy } from 'class-validator';

const MAX_TEXT = 500_000;
const MAX_PARTS = 1_000;
const MAX_NAME = 200;

type Fields = Record<string, unknown>;

/** A text, or parts that a user may send. */
export const IsMessageContent = (): PropertyDecorator =>
  ValidateBy({
    name: 'isMessageContent',
    validator: {
      validate: (value) => complaintAbout(value) === undefined,
      defaultMessage: (given) => `$property ${complaintAbout(given?.value) ?? 'is wrong'}`,
    },
  });

/** What `IsMessageContent` let through, as parts. */
export function partsOf(content: BatchMessage['content']): (TextPart | ImagePart | FilePart)[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

function complaintAbout(content: unknown): string | undefined {
  if (typeof content === 'string') return isText(content) ? undefined : `may have ${MAX_TEXT} characters.`;
  if (!Array.isArray(content)) return 'must be a text or an array of parts.';
  if (content.length === 0 || content.length > MAX_PARTS) return `must have 1 to ${MAX_PARTS} parts.`;
  const wrong = content.findIndex((part) => !isPart(part));
  return wrong === -1 ? undefined : `has a part (${wrong}) that is no text, image or file.`;
}

function isPart(part: unknown): boolean {
  if (!isFields(part)) return false;
  switch (part.type) {
    case 'text':
      return hasOnly(part, ['type', 'text']) && isText(part.text);
    case 'image':
      return hasOnly(part, ['type', 'source']) && isSource(part.source, ['media_type']);
    case 'file':
      return (
        hasOnly(part, ['type', 'name', 'media_type', 'source']) &&
        isName(part.name) &&
        isName(part.media_type) &&
        isSource(part.source, [])
      );
    default:
      return false;
  }
}

/** @param named what stands beside the bytes of base64 */
function isSource(source: unknown, named: readonly string[]): boolean {
  if (!isFields(source)) return false;
  if (source.type === 'url') {
    return hasOnly(source, ['type', 'url']) && typeof source.url === 'string' && /^https?:\/\//.test(source.url);
  }
  return (
    source.type === 'base64' &&
    hasOnly(source, ['type', 'data', ...named]) &&
    typeof source.data === 'string' &&
    /^[A-Za-z0-9+/]+={0,2}$/.test(source.data) &&
    named.every((name) => isName(source[name]))
  );
}

function hasOnly(fields: Fields, names: readonly string[]): boolean {
  return Object.keys(fields).every((name) => names.includes(name));
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.length <= MAX_TEXT;
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.length <= MAX_NAME;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
