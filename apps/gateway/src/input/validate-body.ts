import { type ArgumentMetadata, type ValidationError, ValidationPipe } from '@nestjs/common';
import { nearMatches } from '@troupe/contracts';
import { getMetadataStorage } from 'class-validator';
import type { FieldError } from '../errors/field-error.js';
import { fieldError, invalidRequest } from '../errors/invalid-request.js';
import { emptyBody } from './parse-json.js';

/** Turns bodies and queries into their DTO classes. Unknown fields are refused: a typo must not be ignored. */
export function validationPipe(): ValidationPipe {
  return new BodyPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    validationError: { target: true, value: true },
    exceptionFactory: (errors) => invalidRequest(errors.flatMap((error) => fieldErrors(error, []))),
  });
}

class BodyPipe extends ValidationPipe {
  /** A body may be missing where each of its fields may. */
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    try {
      return await super.transform(value, metadata);
    } catch (error) {
      throw metadata.type === 'body' && value === undefined ? emptyBody(error) : error;
    }
  }
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
  const complaint = complaintOf(constraints);
  // What is wrong with one value in a list is said of that value, where it can be.
  if (complaint === undefined || (children.length > 0 && complaint.startsWith('each value in '))) return children;
  const message =
    error.value === undefined ? `${path.join('.')} is required.` : sentence(complaint, error.property, path);
  return [fieldError(path, message), ...children];
}

/** Constraints that say what a value is; one of the others about a value of the wrong kind would lead astray. */
const KINDS = new Set([
  'isString',
  'isBoolean',
  'isInt',
  'isNumber',
  'isArray',
  'isObject',
  'isUuid',
  'isIn',
  'nestedValidation',
]);

/** The one complaint that helps most. */
function complaintOf(constraints: Record<string, string>): string | undefined {
  const entries = Object.entries(constraints);
  return (entries.find(([name]) => KINDS.has(name)) ?? entries[0])?.[1];
}

/** class-validator names the property only; callers see the whole path. */
function sentence(text: string, property: string, path: readonly string[]): string {
  const name = path.join('.');
  const described = text.startsWith(`${property} `) ? name + text.slice(property.length) : `${name}: ${text}`;
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
