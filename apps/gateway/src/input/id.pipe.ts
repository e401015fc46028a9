import { Injectable, type PipeTransform } from '@nestjs/common';
import { type ErrorCode, TroupeError } from '@troupe/contracts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const CODES = {
  approval: 'approval_not_found',
  batch: 'batch_not_found',
  budget: 'budget_not_found',
  chat: 'thread_not_found',
  message: 'message_not_found',
  run: 'run_not_found',
  tenant: 'tenant_not_found',
  thread: 'thread_not_found',
} as const satisfies Record<string, ErrorCode>;

/** A path parameter that is a UUID. What is none names nothing, so it is answered as any unknown id is. */
@Injectable()
export class IdPipe implements PipeTransform<string, string> {
  readonly #code: ErrorCode;
  readonly #noun: string;

  constructor(noun: keyof typeof CODES) {
    this.#noun = noun;
    this.#code = CODES[noun];
  }

  transform(id: string): string {
    if (!UUID.test(id)) {
      const message = `There is no ${this.#noun} ${id.slice(0, 100)}.`;
      throw new TroupeError({ code: this.#code, fault: 'caller', message });
    }
    return id.toLowerCase();
  }
}
