/** The JSON value of a model's answer, which some models wrap in a Markdown fence; undefined when there is none. */
export function readJson(text: string): unknown {
  const fenced = /^```(?:json)?\s*\n([\s\S]*?)\n?```$/.exec(text.trim());
  try {
    return JSON.parse(fenced?.[1] ?? text);
  } catch {
    return undefined;
  }
}
