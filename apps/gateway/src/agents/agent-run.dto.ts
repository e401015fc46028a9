import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsNotEmpty, IsOptional, IsString, Length, MaxLength } from 'class-validator';

export class AgentRunDto {
  @IsString()
  @IsNotEmpty()
  @MaxLength(500_000)
  @ApiProperty({ description: 'What the user says.', example: 'Help me create a fantasy campaign setting' })
  input: string;

  @IsOptional()
  @IsString()
  @Length(1, 200)
  @ApiPropertyOptional({
    description:
      "The conversation to go on with, which several agents may share: a chat_id or thread id, or a name of the caller's " +
      'own, which begins a thread when it is new. Default: a new thread.',
  })
  session_id?: string;

  @IsOptional()
  @IsString()
  @Length(1, 200)
  @ApiPropertyOptional({ description: "The end user, by the application's own id; facts are remembered for it." })
  user_id?: string;
}
