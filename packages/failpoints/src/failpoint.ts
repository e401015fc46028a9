import type { Failpoint } from './failpoint-names.js';

/**
 * Marks a place where a fault test may kill, stop or fail this process. Does nothing: a process gets the other version,
 * `armed/failpoint.ts`, only when it is started with `--conditions=troupe-failpoints`. No build contains that one.
 */
export function failpoint(_name: Failpoint): void {}
