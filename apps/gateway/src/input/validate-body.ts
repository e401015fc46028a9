import { type ValidationError, ValidationPipe } from '@nestjs/common';
import { nearMatches } from '@troupe/contracts';
import { getMetadataStorage } from 'class-validator';
import { fieldError, invalidRequest } from '../errors/invalid-request.js';
import type { FieldError } from '../errors/problem.js';

/** Turns bodies and queries into their DTO classes. Unknown fields are refused: a typo must not be ignored. */
export function validationPipe(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    stopAtFirstError: true,
    validationError: { target: true, value: false },
    exceptionFactory: (errors) => invalidRequest(errors.flatMap((error) => fieldErrors(error, []))),
  });
}

function fieldErrors(error: ValidationError, parents: readonly string[]): FieldError[] {
  const path = [...parents, error.property];
  const children = (error.children ?? []).flatMap((child) => fieldErrors(child, path));
  const constraints = error.constraints ?? {};
  if (constraints.whitelistValidation !== undefined) {
    return [fieldError(path, unknownField(path, error.target)), ...children];
  }
  if (constraints.unknownValue !== undefined) {
    return [fieldError(parents, 'The body must be a JSON object.')];
  }
  const own = Object.values(constraints).map((text) => fieldError(path, sentence(text, error.property, path)));
  return [...own, ...children];
}

/** class-validator names the property only; callers see the whole path. */
function sentence(text: string, property: string, path: readonly string[]): string {
  const name = path.join('.');
  const described = text.startsWith(property) ? name + text.slice(property.length) : `${name}: ${text}`;
  return described.endsWith('.') ? described : `${described}.`;
}

function unknownField(path: readonly string[], target: object | undefined): string {
  const name = path.join('.');
  const near = nearMatches(path.at(-1) ?? '', knownFields(target));
  return near.length > 0
    ? `${name} is not a known field. Did you mean ${near.join(' or ')}?`
    : `${name} is not a known field.`;
}

function knownFields(target: object | undefined): string[] {
  if (!target) return [];
  const metadata = getMetadataStorage().getTargetValidationMetadatas(target.constructor, '', false, false);
  return [...new Set(metadata.map(({ propertyName }) => propertyName))];
}
