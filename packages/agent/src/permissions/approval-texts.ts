import type { ApprovalKind, JsonObject } from '@troupe/contracts';

/** What models read of calls that people decided on. */
export function deniedText(message: string): string {
  return `Not run: ${message}`;
}

export function rejectedText(kind: ApprovalKind, message?: string): string {
  const text = kind === 'input' ? 'Not answered: the person declined.' : 'Not run: it was not approved.';
  return message ? `${text} ${message}` : text;
}

export function expiredText(kind: ApprovalKind): string {
  return kind === 'input'
    ? 'Not answered: nobody answered in time. Go on without the answer, or say what you would need to know.'
    : 'Not run: nobody decided on it in time.';
}

/** A result of a call whose arguments a person changed: the model would else speak of those that it proposed. */
export function withEditedArguments(result: string, args: JsonObject): string {
  return `[A person changed the arguments of this call before it was made: ${JSON.stringify(args)}]\n${result}`;
}
