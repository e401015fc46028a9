import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, ValidateBy } from 'class-validator';

const WORDS: readonly unknown[] = ['auto', 'none', 'required'];

/** A field that says how the model may use tools. */
export function ToolUseField(): PropertyDecorator {
  return applyDecorators(
    IsOptional(),
    ValidateBy({
      name: 'isToolUse',
      validator: {
        validate: isToolUse,
        defaultMessage: () => '$property must be "auto", "none", "required" or {"tool": "<name>"}',
      },
    }),
    ApiPropertyOptional({
      oneOf: [
        { type: 'string', enum: [...WORDS] },
        {
          type: 'object',
          properties: { tool: { type: 'string' } },
          required: ['tool'],
          additionalProperties: false,
        },
      ],
      nullable: true,
      default: 'auto',
      description:
        'Whether the model may, must (`required`, or one tool by its name) or must not call tools. What is forced is forced ' +
        'in the first turn of a run only.',
    }),
  );
}

function isToolUse(value: unknown): boolean {
  if (WORDS.includes(value)) return true;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { tool, ...others } = value as Record<string, unknown>;
  return typeof tool === 'string' && tool !== '' && tool.length <= 128 && Object.keys(others).length === 0;
}
