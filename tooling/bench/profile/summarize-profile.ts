/** What V8 writes (the inspector protocol's `Profiler.Profile`), as far as it is read here. */
export interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  samples: number[];
  /** Microseconds before each sample. */
  timeDeltas: number[];
}

export interface ProfileSummary {
  /** Milliseconds that JavaScript, garbage collection or native code took. */
  busyMs: number;
  /** By function and by package, the most expensive first: own time in milliseconds, without that of callees. */
  functions: { name: string; ms: number }[];
  packages: { name: string; ms: number }[];
}

/** Adds up own times. Paths are shortened: those below `root` relative to it, those of packages to the package's name. */
export function summarizeProfile(profile: CpuProfile, root: string): ProfileSummary {
  const frames = new Map(profile.nodes.map((node) => [node.id, node.callFrame]));
  const functions = new Map<string, number>();
  const packages = new Map<string, number>();
  let busyMs = 0;
  profile.samples.forEach((id, index) => {
    const frame = frames.get(id);
    // The profiler's own work, at its end most of all, is not what is asked for.
    if (frame === undefined || frame.functionName === '(idle)' || frame.url === 'node:inspector') return;
    const ms = (profile.timeDeltas[index] ?? 0) / 1000;
    busyMs += ms;
    const place = shortenUrl(frame.url, root);
    const line = place.path === '' ? '' : `  ${place.path}:${frame.lineNumber + 1}`;
    addTo(functions, `${frame.functionName || '(anonymous)'}${line}`, ms);
    addTo(packages, place.package || frame.functionName, ms);
  });
  return { busyMs, functions: sorted(functions), packages: sorted(packages) };
}

export function shortenUrl(url: string, root: string): { path: string; package: string } {
  if (url === '') return { path: '', package: '' };
  if (url.startsWith('node:')) return { path: url, package: url.startsWith('node:internal/') ? 'node' : url };
  const path = url.replace(/^file:\/\//, '');
  const inside = path.lastIndexOf('/node_modules/');
  if (inside >= 0) {
    const name = path.slice(inside + '/node_modules/'.length);
    return { path: name, package: /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name };
  }
  const own = path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
  return { path: own, package: own.split('/').slice(0, 2).join('/') };
}

function addTo(sums: Map<string, number>, key: string, ms: number): void {
  sums.set(key, (sums.get(key) ?? 0) + ms);
}

function sorted(sums: Map<string, number>): { name: string; ms: number }[] {
  return [...sums].map(([name, ms]) => ({ name, ms })).sort((a, b) => b.ms - a.ms);
}
