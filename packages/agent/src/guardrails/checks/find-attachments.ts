import type { AttachmentsCheck } from '@troupe/contracts';
import type { Attachment } from '../attachment.js';

export interface FoundAttachments {
  /** What they are, never what they are called. */
  reason: string;
  /** Those that may pass. */
  passing: Attachment[];
}

/** Pictures and files that may not come in. */
export function findAttachments(
  attachments: readonly Attachment[],
  { kinds = ['image', 'file'], except = [] }: AttachmentsCheck,
): FoundAttachments | undefined {
  const mayPass = (attachment: Attachment) =>
    !kinds.includes(attachment.type) || except.some((pattern) => isOfType(mediaTypeOf(attachment), pattern));
  const found = attachments.filter((attachment) => !mayPass(attachment));
  if (found.length === 0) return undefined;
  const types = new Set(found.map((one) => (one.type === 'image' ? 'a picture' : 'a file')));
  return { reason: [...types].join(' and '), passing: attachments.filter(mayPass) };
}

function mediaTypeOf(attachment: Attachment): string | undefined {
  if (attachment.type === 'file') return attachment.media_type;
  return attachment.source.type === 'base64' ? attachment.source.media_type : undefined;
}

function isOfType(mediaType: string | undefined, pattern: string): boolean {
  if (mediaType === undefined) return false;
  const type = mediaType.toLowerCase();
  return pattern.endsWith('/*') ? type.startsWith(pattern.slice(0, -1).toLowerCase()) : type === pattern.toLowerCase();
}
