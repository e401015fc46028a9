import { ApiProperty } from '@nestjs/swagger';
import type { Usage } from '@troupe/contracts';

export class UsageDto implements Usage {
  @ApiProperty({ type: 'integer', description: 'Tokens that were read, cached ones included.' })
  input_tokens: number;

  @ApiProperty({ type: 'integer', description: 'Tokens that were written, reasoning included.' })
  output_tokens: number;

  @ApiProperty({ type: 'integer', description: 'Both together.' })
  total_tokens: number;

  @ApiProperty({ type: 'integer', description: "Tokens that came from the provider's cache." })
  cached_input_tokens: number;

  @ApiProperty({ type: 'integer', description: 'Tokens of reasoning.' })
  reasoning_tokens: number;

  @ApiProperty({ type: Number, nullable: true, description: 'US dollars; null when the price is not known.' })
  cost: number | null;
}
