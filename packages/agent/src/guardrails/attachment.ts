import type { FilePart, ImagePart } from '@troupe/contracts';

/** A picture or a file that came with a message. */
export type Attachment = ImagePart | FilePart;
