/** Several keys are written with commas between them. */
export function listOfKeys(keys: string | undefined): string[] {
  return (keys ?? '').split(',').flatMap((key) => key.trim() || []);
}
