import { ApiProperty } from '@nestjs/swagger';
import {
  BUDGET_PERIODS,
  BUDGET_SCOPES,
  type Budget,
  type BudgetPeriod,
  type BudgetScope,
  UNPRICED_POLICIES,
  type UnpricedPolicy,
} from '@troupe/contracts';

/** A budget and how much of it is left. */
export class BudgetDto implements Budget {
  @ApiProperty({ format: 'uuid', description: 'The budget.' })
  id: string;

  @ApiProperty({ enum: BUDGET_SCOPES, description: 'Whose calls count against it.' })
  scope: BudgetScope;

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      "The application's id of the user, the slug of the agent or the id of the key; null: the whole tenant.",
    example: 'ada',
  })
  subject: string | null;

  @ApiProperty({
    enum: BUDGET_PERIODS,
    description: 'Of the calendar in UTC; weeks begin on Monday, and `total` never ends.',
  })
  period: BudgetPeriod;

  @ApiProperty({ type: Number, description: 'What calls of a period may cost, in US dollars.', example: 5 })
  limit_usd: number;

  @ApiProperty({
    enum: UNPRICED_POLICIES,
    description:
      'What becomes of a call whose price nobody knows. `allow`: it is made while anything is left, and charged should ' +
      'the provider state its cost. `refuse`: it is not made.',
  })
  unpriced: UnpricedPolicy;

  @ApiProperty({ type: Number, description: 'What calls of this period have cost, in US dollars.' })
  spent: number;

  @ApiProperty({ type: Number, description: 'What calls that are under way may cost at most, in US dollars.' })
  reserved: number;

  @ApiProperty({ type: Number, description: 'What further calls may cost, in US dollars.' })
  remaining: number;

  @ApiProperty({ format: 'date-time', description: 'When this period began, or the budget was made in it.' })
  period_start: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When nothing is spent again; null: never.',
  })
  resets_at: string | null;

  @ApiProperty({ format: 'date-time', description: 'When it was made.' })
  created_at: string;

  @ApiProperty({ format: 'date-time', description: 'When it was last changed.' })
  updated_at: string;
}
