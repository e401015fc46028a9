import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsInt, Max, Min } from 'class-validator';

/** No run is shown more messages than this. */
const MAX_MESSAGES = 1_000;

/** What a strategy of an unknown type is checked as. */
export class MemoryDto {
  @IsIn(['last_n', 'first_last', 'token_window', 'summary_window'])
  @ApiProperty({ description: 'Which part of a thread the model is shown.' })
  type: string;
}

class LastMessagesDto {
  @IsIn(['last_n'])
  @ApiProperty({ enum: ['last_n'], description: 'The newest messages.' })
  type: 'last_n';

  @IsInt()
  @Min(1)
  @Max(MAX_MESSAGES)
  @ApiProperty({ minimum: 1, maximum: MAX_MESSAGES, description: 'How many.' })
  n: number;
}

class FirstAndLastMessagesDto {
  @IsIn(['first_last'])
  @ApiProperty({ enum: ['first_last'], description: 'How the thread began, and the newest messages.' })
  type: 'first_last';

  @IsInt()
  @Min(0)
  @Max(MAX_MESSAGES)
  @ApiProperty({ minimum: 0, maximum: MAX_MESSAGES, description: 'How many from the start.' })
  first: number;

  @IsInt()
  @Min(1)
  @Max(MAX_MESSAGES)
  @ApiProperty({ minimum: 1, maximum: MAX_MESSAGES, description: 'How many of the newest.' })
  last: number;
}

class TokenWindowDto {
  @IsIn(['token_window'])
  @ApiProperty({ enum: ['token_window'], description: 'As many of the newest messages as fit.' })
  type: 'token_window';

  @IsInt()
  @Min(1)
  @Max(2_000_000)
  @ApiProperty({ minimum: 1, maximum: 2_000_000, description: 'Tokens to fit into, as estimated.' })
  max_tokens: number;
}

class SummaryWindowDto {
  @IsIn(['summary_window'])
  @ApiProperty({ enum: ['summary_window'], description: 'The newest messages and a summary of those before.' })
  type: 'summary_window';

  @IsInt()
  @Min(1)
  @Max(MAX_MESSAGES)
  @ApiProperty({ minimum: 1, maximum: MAX_MESSAGES, description: 'How many of the newest.' })
  last: number;
}

export const MEMORY_TYPES = [
  { name: 'last_n', value: LastMessagesDto },
  { name: 'first_last', value: FirstAndLastMessagesDto },
  { name: 'token_window', value: TokenWindowDto },
  { name: 'summary_window', value: SummaryWindowDto },
];
