import { ApiProperty, ApiPropertyOptional, PartialType, PickType } from '@nestjs/swagger';
import {
  BUDGET_PERIODS,
  BUDGET_SCOPES,
  type BudgetPeriod,
  type BudgetScope,
  UNPRICED_POLICIES,
  type UnpricedPolicy,
} from '@troupe/contracts';
import { IsIn, IsNumber, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import { NotBlank } from '../input/not-blank.js';

const MAX_LIMIT_USD = 1_000_000_000;

export class CreateBudgetDto {
  @IsIn(BUDGET_SCOPES)
  @ApiProperty({ enum: BUDGET_SCOPES, description: 'Whose calls count against it.' })
  scope: BudgetScope;

  @IsOptional()
  @IsString()
  @Length(1, 200)
  @NotBlank()
  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description:
      "The application's id of the user, the slug of the agent or the id of the key; absent for the whole tenant.",
    example: 'ada',
  })
  subject?: string | null;

  @IsIn(BUDGET_PERIODS)
  @ApiProperty({
    enum: BUDGET_PERIODS,
    description: 'Of the calendar in UTC; weeks begin on Monday, and `total` never ends.',
  })
  period: BudgetPeriod;

  @IsNumber({ allowNaN: false, allowInfinity: false })
  @Min(0)
  @Max(MAX_LIMIT_USD)
  @ApiProperty({
    type: Number,
    minimum: 0,
    maximum: MAX_LIMIT_USD,
    description: 'What calls of a period may cost, in US dollars. With 0 only what is free is called.',
    example: 5,
  })
  limit_usd: number;

  @IsOptional()
  @IsIn(UNPRICED_POLICIES)
  @ApiPropertyOptional({
    enum: UNPRICED_POLICIES,
    default: 'allow',
    description:
      'What becomes of a call whose price nobody knows. `allow`: it is made while anything is left, and charged should ' +
      'the provider state its cost. `refuse`: it is not made.',
  })
  unpriced?: UnpricedPolicy;
}

/** Absent fields stay as they are. */
export class ChangeBudgetDto extends PartialType(PickType(CreateBudgetDto, ['limit_usd', 'unpriced'] as const)) {}
