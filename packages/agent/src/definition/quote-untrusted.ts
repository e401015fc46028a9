/**
 * Text that people or models wrote, as one quoted line: it cannot start a section, close a tag or look like a message
 * of its own in a prompt, and a model still reads it. JSON's quoting, which every model knows.
 */
export function quoteUntrusted(text: string): string {
  return JSON.stringify(text).replaceAll('<', '\\u003c');
}
