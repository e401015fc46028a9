import { Injectable, type PipeTransform } from '@nestjs/common';
import { type ErrorCode, TroupeError } from '@troupe/contracts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A path parameter that is a UUID. What is none names nothing, so it is answered as any unknown id is. */
@Injectable()
export class IdPipe implements PipeTransform<string, string> {
  readonly #code: ErrorCode;
  readonly #noun: string;

  constructor(noun: 'run' | 'thread' | 'chat' | 'message') {
    this.#noun = noun;
    this.#code = noun === 'run' ? 'run_not_found' : noun === 'message' ? 'message_not_found' : 'thread_not_found';
  }

  transform(id: string): string {
    if (!UUID.test(id)) {
      const message = `There is no ${this.#noun} ${id.slice(0, 100)}.`;
      throw new TroupeError({ code: this.#code, fault: 'caller', message });
    }
    return id.toLowerCase();
  }
}
