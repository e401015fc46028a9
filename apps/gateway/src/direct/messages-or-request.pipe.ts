import { Injectable, type PipeTransform } from '@nestjs/common';
import { validationPipe } from '../input/validate-body.js';
import { DirectDto } from './direct.dto.js';

/** Both forms of the body, the bare array of messages and the object, as the object. */
@Injectable()
export class MessagesOrRequestPipe implements PipeTransform<unknown, Promise<DirectDto>> {
  readonly #validation = validationPipe();

  transform(body: unknown): Promise<DirectDto> {
    const request = Array.isArray(body) ? { messages: body } : body;
    return this.#validation.transform(request, { type: 'body', metatype: DirectDto });
  }
}
