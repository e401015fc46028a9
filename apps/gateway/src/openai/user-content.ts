import type { ContentPart } from '@troupe/contracts';
import { fieldError, invalidRequest } from '../errors/invalid-request.js';
import type { ChatMessage } from './chat-request.js';

type UserContent = Extract<ChatMessage, { role: 'user' }>['content'];
type UserPart = Exclude<UserContent, string>[number];

/** What a user says and shows; `index` is that of the message. */
export function userContent(content: UserContent, index: number): ContentPart[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return content.map((part, at) => convertPart(part, ['messages', String(index), 'content', String(at)]));
}

function convertPart(part: UserPart, path: string[]): ContentPart {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text };
    case 'image_url':
      return imageOfUrl(part.image_url.url, [...path, 'image_url', 'url']);
    case 'file':
      return fileOfData(part.file, [...path, 'file', 'file_data']);
  }
}

/** @throws TroupeError `invalid_request` that names the field at `path` */
export function imageOfUrl(url: string, path: string[]): ContentPart {
  const data = readDataUrl(url);
  if (data) return { type: 'image', source: { type: 'base64', ...data } };
  if (/^https?:\/\//i.test(url)) return { type: 'image', source: { type: 'url', url } };
  throw wrong(path, 'must be an http(s) address or a data URL such as data:image/png;base64,…');
}

/** @throws TroupeError `invalid_request` that names the field at `path` */
export function fileOfData(
  { file_data, filename }: { file_data?: string | null | undefined; filename?: string | null | undefined },
  path: string[],
): ContentPart {
  const read = readDataUrl(file_data ?? '');
  if (!read) throw wrong(path, 'must be a data URL; there are no stored files to refer to');
  const { media_type, data } = read;
  return { type: 'file', name: filename ?? 'file', media_type, source: { type: 'base64', data } };
}

function readDataUrl(url: string): { media_type: string; data: string } | undefined {
  // No regular expression over the data: it may be megabytes long.
  const comma = url.slice(0, 200).indexOf(',');
  const [, media_type] = /^data:([^;,]+);base64$/i.exec(url.slice(0, Math.max(comma, 0))) ?? [];
  return media_type === undefined ? undefined : { media_type, data: url.slice(comma + 1) };
}

function wrong(path: string[], complaint: string) {
  return invalidRequest([fieldError(path, `${path.join('.')} ${complaint}.`)]);
}
