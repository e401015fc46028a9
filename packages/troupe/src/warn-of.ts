import { TroupeError } from '@troupe/contracts';

/** Tells of trouble that is nobody's answer, as a warning of the process. */
export function warnOf(error: unknown): void {
  const code = error instanceof TroupeError ? error.code : undefined;
  process.emitWarning(error instanceof Error ? error.message : String(error), { type: 'TroupeWarning', code });
}
