import { ApiProperty } from '@nestjs/swagger';

class AgentEndpointsDto {
  @ApiProperty({ description: 'Path that runs it and waits for the answer.' })
  run: string;

  @ApiProperty({ description: 'Path that runs it and streams.' })
  stream: string;

  @ApiProperty({ description: 'Path of this answer.' })
  info: string;
}

class SessionConfigDto {
  @ApiProperty({ description: 'Always true: every run belongs to a session.' })
  sessions_enabled: boolean;

  @ApiProperty({ description: 'Where sessions are kept.', example: 'PostgreSQL' })
  session_type: string;

  @ApiProperty({ description: 'How to go on with one.' })
  description: string;
}

/** What an application needs to know to run an agent. */
export class AgentInfoDto {
  @ApiProperty({ description: 'What people call it.' })
  name: string;

  @ApiProperty({ description: 'The same, for clients that look here.' })
  agent_name: string;

  @ApiProperty({ description: 'The whole system prompt.' })
  instructions: string;

  @ApiProperty({ description: '`provider/model`', example: 'openai/gpt-4o' })
  model: string;

  @ApiProperty({ type: 'integer', description: 'How many tools it may call.' })
  tools_count: number;

  @ApiProperty({ type: 'integer', description: 'How many agents it may hand over to.' })
  handoffs_count: number;

  @ApiProperty({ type: AgentEndpointsDto, description: 'Where it is.' })
  endpoints: AgentEndpointsDto;

  @ApiProperty({ type: SessionConfigDto, description: 'How it remembers.' })
  session_config: SessionConfigDto;
}
