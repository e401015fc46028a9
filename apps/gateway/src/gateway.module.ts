import { BullModule, getQueueToken } from '@nestjs/bullmq';
import { type DynamicModule, Module } from '@nestjs/common';
import { Database, LimitTable } from '@troupe/database';
import { ModelCalls } from '@troupe/model-calls';
import { quiet, RINGING_OPTIONS } from '@troupe/queues';
import { RunEventHub, RunEventPublisher } from '@troupe/run-log';
import type { Queue } from 'bullmq';
import { AgentRunsController } from './agents/agent-runs.controller.js';
import { AgentsController } from './agents/agents.controller.js';
import { AgentsService } from './agents/agents.service.js';
import { ApprovalsController } from './approvals/approvals.controller.js';
import { ApprovalsService } from './approvals/approvals.service.js';
import { GuardDecisions } from './approvals/guard-decisions.js';
import { Admission } from './backpressure/admission.js';
import { BatchesController } from './batches/batches.controller.js';
import { BatchesService } from './batches/batches.service.js';
import { BudgetsController } from './budgets/budgets.controller.js';
import { ChatsController } from './chats/chats.controller.js';
import { DirectController } from './direct/direct.controller.js';
import { DirectService } from './direct/direct.service.js';
import { MessagesOrRequestPipe } from './direct/messages-or-request.pipe.js';
import type { GatewayDependencies } from './gateway-dependencies.js';
import { bindIdempotency } from './idempotency/bind-idempotency.js';
import { ReservedAnswers } from './idempotency/reserved-answers.js';
import { InteractController } from './interact/interact.controller.js';
import { JobsController } from './jobs/jobs.controller.js';
import { JobsService } from './jobs/jobs.service.js';
import { HeldRuns } from './limits/held-runs.js';
import { LimitUsages } from './limits/limit-usages.js';
import { LimitsController } from './limits/limits.controller.js';
import { LimitsService } from './limits/limits.service.js';
import { ModelsController } from './models/models.controller.js';
import { AgentCompletions } from './openai/agent-completions.js';
import { AgentModels } from './openai/agent-models.js';
import { ChatCompletionsController } from './openai/chat-completions.controller.js';
import { ConversationsController } from './openai/conversations/conversations.controller.js';
import { EmbeddingsController } from './openai/embeddings.controller.js';
import { Embeddings } from './openai/embeddings.js';
import { ModelCompletions } from './openai/model-completions.js';
import { OpenAiModelsController } from './openai/openai-models.controller.js';
import { ResponseStore } from './openai/responses/response-store.js';
import { ResponsesController } from './openai/responses/responses.controller.js';
import { ResponsesService } from './openai/responses/responses.service.js';
import { OperationsController } from './operations/operations.controller.js';
import { Readiness } from './operations/readiness.js';
import { PageController } from './page/page.controller.js';
import { QUEUE_NAMES } from './queue-names.js';
import { RunControlController } from './runs/run-control.controller.js';
import { RunControl } from './runs/run-control.js';
import { RunIntake } from './runs/run-intake.js';
import { RunListController } from './runs/run-list.controller.js';
import { RunService } from './runs/run-service.js';
import { RunsController } from './runs/runs.controller.js';
import { ThreadLine } from './runs/thread-line.js';
import { LastCall } from './streaming/last-call.js';
import { OpenStreams } from './streaming/open-streams.js';
import { TenantsController } from './tenants/tenants.controller.js';
import { ThreadOperationsController } from './threads/thread-operations.controller.js';
import { ThreadsController } from './threads/threads.controller.js';
import { COMMANDS, DEFAULT_AGENT, LIMITER, LOGGER, METRICS, MODELS, OPTIONS, PERSONAS, TOOLS } from './tokens.js';
import { UsageController } from './usage/usage.controller.js';
import { FactsController } from './users/facts.controller.js';

/** What start-gateway makes from the dependencies and needs again at the end. */
export interface GatewayParts {
  hub: RunEventHub;
  publisher: RunEventPublisher;
  streams: OpenStreams;
  admission: Admission;
  lastCall: LastCall;
}

const CONTROLLERS = [
  AgentRunsController,
  AgentsController,
  ApprovalsController,
  BatchesController,
  BudgetsController,
  ChatCompletionsController,
  ChatsController,
  ConversationsController,
  DirectController,
  EmbeddingsController,
  FactsController,
  InteractController,
  JobsController,
  LimitsController,
  ModelsController,
  OpenAiModelsController,
  OperationsController,
  ResponsesController,
  PageController,
  RunControlController,
  RunListController,
  RunsController,
  TenantsController,
  ThreadsController,
  ThreadOperationsController,
  UsageController,
];

@Module({})
export class GatewayModule {
  static register(dependencies: GatewayDependencies, parts: GatewayParts): DynamicModule {
    const { database, commands, models, tools, calls, personas, defaultAgent } = dependencies;
    const { options, logger, metrics } = dependencies;
    bindIdempotency(CONTROLLERS);
    return {
      module: GatewayModule,
      imports: [
        BullModule.registerQueue(...QUEUE_NAMES.map((name) => ({ name, connection: commands, ...RINGING_OPTIONS }))),
      ],
      controllers: CONTROLLERS,
      providers: [
        {
          provide: 'quiet queues',
          inject: QUEUE_NAMES.map((name) => getQueueToken(name)),
          useFactory: (...queues: Queue[]) => queues.map(quiet),
        },
        { provide: Admission, useValue: parts.admission },
        { provide: COMMANDS, useValue: commands },
        { provide: DEFAULT_AGENT, useValue: defaultAgent },
        { provide: Database, useValue: database },
        { provide: LastCall, useValue: parts.lastCall },
        { provide: LimitTable, useValue: calls.limits },
        { provide: LIMITER, useValue: calls.limiter },
        { provide: ModelCalls, useValue: calls },
        { provide: LOGGER, useValue: logger },
        { provide: METRICS, useValue: metrics },
        { provide: MODELS, useValue: models },
        { provide: OPTIONS, useValue: options },
        { provide: OpenStreams, useValue: parts.streams },
        { provide: PERSONAS, useValue: personas },
        { provide: RunEventHub, useValue: parts.hub },
        { provide: RunEventPublisher, useValue: parts.publisher },
        { provide: TOOLS, useValue: tools },
        AgentCompletions,
        AgentModels,
        ApprovalsService,
        GuardDecisions,
        BatchesService,
        DirectService,
        Embeddings,
        MessagesOrRequestPipe,
        ModelCompletions,
        JobsService,
        AgentsService,
        HeldRuns,
        LimitsService,
        LimitUsages,
        Readiness,
        ResponseStore,
        ResponsesService,
        ReservedAnswers,
        RunControl,
        RunIntake,
        RunService,
        ThreadLine,
      ],
    };
  }
}
