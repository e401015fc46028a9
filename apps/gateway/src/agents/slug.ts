import { isId } from '@troupe/contracts';
import { fieldError, invalidRequest } from '../errors/invalid-request.js';

const MAX_LENGTH = 100;

/** "D&D Assistant" as `d-d-assistant`; accents go. @throws TroupeError when the name has no Latin letter or digit. */
export function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_LENGTH)
    .replaceAll(/^-|-$/g, '');
  if (slug !== '') return slug;
  const message = 'The name has no letters that an address could hold: send a slug, such as dungeon-master.';
  throw invalidRequest([fieldError(['slug'], message)]);
}

/** An agent is asked for by its slug or its id, so no slug may look like an id. */
export function checkedSlug(slug: string): string {
  if (!isId(slug)) return slug;
  throw invalidRequest([fieldError(['slug'], 'slug must not be a UUID: it could be taken for an id.')]);
}
