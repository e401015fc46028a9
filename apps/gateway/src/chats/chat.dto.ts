import { ApiProperty } from '@nestjs/swagger';
import type { Chat, ChatMessage } from '@troupe/contracts';

class ChatMessageDto implements ChatMessage {
  @ApiProperty({ enum: ['system', 'user', 'assistant'], description: 'Who speaks.' })
  role: ChatMessage['role'];

  @ApiProperty({ description: 'What is said.' })
  content: string;
}

export class ChatDto implements Chat {
  @ApiProperty({ format: 'uuid', description: 'The chat; as `session_id` it goes on with agent runs.' })
  chat_id: string;

  @ApiProperty({ type: String, nullable: true, description: "The end user, by the application's own id." })
  user_id: string | null;

  @ApiProperty({ type: [ChatMessageDto], nullable: true, description: 'Oldest first; null in lists of chats.' })
  conversation: ChatMessageDto[] | null;

  @ApiProperty({ type: String, nullable: true, description: 'As given, else made from the first exchange.' })
  title: string | null;

  @ApiProperty({ format: 'date-time', description: 'When it was made.' })
  created_at: string;

  @ApiProperty({ format: 'date-time', description: 'When it last changed.' })
  updated_at: string;
}
