/**
 * `text` with `content` between `<!-- generated: name -->` and `<!-- end: name -->`. Everything around the marks is a
 * person's and stays; a text without marks is an error, since nobody would know where the section belongs.
 */
export function replaceMarkedSection(text, name, content) {
  const [start, end] = [`<!-- generated: ${name} -->`, `<!-- end: ${name} -->`];
  const from = text.indexOf(start);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`The file needs a section "${start}" ... "${end}".`);
  return `${text.slice(0, from + start.length)}\n\n${content}\n\n${text.slice(to)}`;
}
