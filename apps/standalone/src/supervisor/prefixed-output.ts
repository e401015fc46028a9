/** Writes the lines of several processes to one stream, each with its writer's name in a column of its own. */
export function prefixedOutput(names: readonly string[], stream: NodeJS.WritableStream) {
  const width = Math.max(...names.map((name) => name.length));
  return (name: string, line: string): void => {
    stream.write(`${name.padEnd(width)} | ${line}\n`);
  };
}
