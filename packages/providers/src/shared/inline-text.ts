import type { FilePart } from '@troupe/contracts';

/** A file that is text, as text under its name; undefined for others and for what is only an address. */
export function inlineText({ name, media_type, source }: FilePart): string | undefined {
  if (source.type === 'url' || !/^(text\/|application\/(json|xml|yaml|toml)\b)/i.test(media_type)) return undefined;
  return `${name}:\n\n${Buffer.from(source.data, 'base64').toString('utf8')}`;
}
