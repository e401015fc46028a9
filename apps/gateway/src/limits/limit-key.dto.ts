import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { LIMITED_MODEL } from '@troupe/contracts';
import { IsOptional, IsString, Length, Matches } from 'class-validator';

/** Which limit. */
export class LimitKeyDto {
  @IsString()
  @Length(1, 100)
  @Matches(/^[^\s/*]+$/, { message: 'provider must be the id of one provider, such as openai' })
  @ApiProperty({ description: 'The provider part of `provider/model`.', example: 'openai' })
  provider: string;

  @IsString()
  @Length(1, 200)
  @Matches(LIMITED_MODEL, {
    message: 'model must be a name without spaces, or the beginning of names with one * at its end',
  })
  @ApiProperty({
    description: 'A name, or a pattern with `*` at its end, whose models share the limit: `claude-sonnet-*`, `*`.',
    example: 'gpt-4o',
  })
  model: string;

  @IsOptional()
  @IsString()
  @Length(1, 100)
  @Matches(/^\S+$/, { message: 'account must be the short hash of a key' })
  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description: "Which of the provider's keys, by its short hash; absent or null: each of them, on its own.",
  })
  account?: string | null;
}
