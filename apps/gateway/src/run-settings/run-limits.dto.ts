import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import type { RunLimits } from '@troupe/contracts';
import { IsInt, IsNumber, IsOptional, IsPositive, Max, Min } from 'class-validator';

/** More than any run can take, and a number that every store holds. */
const MOST = 1_000_000_000;

const Count = (description: string, most = MOST): PropertyDecorator =>
  applyDecorators(
    IsOptional(),
    IsInt(),
    Min(1),
    Max(most),
    ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: most, description }),
  );

export class RunLimitsDto implements RunLimits {
  @Count('Model turns; the last has no tools, so that the run ends with an answer.', 100)
  max_turns?: number;

  @Count('Requests to models, those of corrections, retries and fallbacks too. The last has no tools.')
  max_requests?: number;

  @Count('Tokens of input and output, all requests together.')
  max_total_tokens?: number;

  @Count('Tokens of output, thoughts included, all requests together.')
  max_output_tokens?: number;

  @IsOptional()
  @IsNumber({ allowNaN: false, allowInfinity: false })
  @IsPositive()
  @Max(MOST)
  @ApiPropertyOptional({
    type: 'number',
    minimum: 0,
    description: 'US dollars, more than 0. A run whose model has no known price is not begun.',
    example: 0.05,
  })
  max_cost_usd?: number;

  @Count('Calls of tools; those beyond it are told so, and the next turn has no tools.')
  max_tool_calls?: number;
}
