import { architectureArrows } from './architecture-arrows.mjs';
import { configurationFiles } from './configuration-files.mjs';

/**
 * Everything in the repository that is written by a program. A generator is
 * `{ name, generate({ root, read }) }` and returns what should stand there: `[{ path, text }]`, paths relative to the
 * root. `read(path)` gives a file's present text, or undefined. `pnpm generate` writes it, `pnpm check` compares it.
 */
export const generators = [architectureArrows, configurationFiles];
