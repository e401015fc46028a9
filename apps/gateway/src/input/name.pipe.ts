import { Injectable, type PipeTransform } from '@nestjs/common';
import { cleanText } from '@troupe/contracts';
import { fieldError, invalidRequest } from '../errors/invalid-request.js';

const MAX_LENGTH = 200;

/** A path parameter that is the application's own name for something: 1 to 200 characters that can be stored. */
@Injectable()
export class NamePipe implements PipeTransform<string, string> {
  readonly #parameter: string;

  constructor(parameter: string) {
    this.#parameter = parameter;
  }

  transform(value: string): string {
    const name = cleanText(value);
    if (name.trim() !== '' && name.length <= MAX_LENGTH) return name;
    const message = `${this.#parameter} must have 1 to ${MAX_LENGTH} characters.`;
    throw invalidRequest([fieldError([this.#parameter], message)]);
  }
}
