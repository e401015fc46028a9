/**
 * The addresses that a server prints when it is ready, one a gateway; undefined before the end of what it prints.
 * A split server names each gateway (`Process gateway-2 pid 7 http://...`), one process only itself.
 */
export function readyBlockUrls(output: readonly string[]): [string, ...string[]] | undefined {
  if (!output.some((line) => line.includes('Stop with Ctrl-C.'))) return undefined;
  const [first, ...others] = output.flatMap(
    (line) => /^\s*Process\s+gateway-\d+\s.*\s(http:\S+)$/.exec(line)?.[1] ?? [],
  );
  if (first !== undefined) return [first, ...others];
  const url = output.map((line) => /^\s*Console and API\s+(http:\S+?)\/?$/.exec(line)?.[1]).find(Boolean);
  return url === undefined ? undefined : [url];
}
