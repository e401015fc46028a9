import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsString, Length } from 'class-validator';

const MAX_FALLBACKS = 10;

/** A field that names models to ask when the first cannot answer. */
export function FallbackModels(): PropertyDecorator {
  return applyDecorators(
    IsArray(),
    ArrayMaxSize(MAX_FALLBACKS),
    IsString({ each: true }),
    Length(3, 200, { each: true }),
    ApiPropertyOptional({
      type: [String],
      maxItems: MAX_FALLBACKS,
      description:
        'Models to ask, in this order, when the one before cannot answer: it fails, rests, or is at its limit.',
      example: ['anthropic/claude-haiku-4-5'],
    }),
  );
}
