import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Length, MaxLength } from 'class-validator';

const ONLY_NULL =
  'conversation can only be null, which empties the chat: messages come from runs. ' +
  'Send one with POST /api/agents/{agent}/run and the chat_id as session_id.';

export class CreateChatDto {
  @IsOptional()
  @IsString()
  @MaxLength(500)
  @ApiPropertyOptional({ type: String, nullable: true, description: 'Default: made from the first exchange.' })
  title?: string | null;

  @IsOptional()
  @IsString()
  @Length(1, 200)
  @ApiPropertyOptional({ type: String, nullable: true, description: "The end user, by the application's own id." })
  user_id?: string | null;

  @IsOptional()
  @IsIn([null], { message: ONLY_NULL })
  @ApiPropertyOptional({ type: 'null', description: 'Null or absent: a chat begins empty.' })
  conversation?: null;
}

export class ChangeChatDto {
  @IsOptional()
  @IsString()
  @MaxLength(500)
  @ApiPropertyOptional({ type: String, nullable: true, description: 'Null takes the title away.' })
  title?: string | null;

  @IsOptional()
  @IsIn([null], { message: ONLY_NULL })
  @ApiPropertyOptional({ type: 'null', description: 'Null empties the chat; absent: the messages stay.' })
  conversation?: null;
}
