import { Command, CommanderError } from 'commander';
import { TroupeClient } from '../troupe-client.js';
import type { CommandContext } from './command-context.js';
import { agents } from './commands/agents.js';
import { cancel } from './commands/cancel.js';
import {
  forgiveLimit,
  type LimitKeyOptions,
  removeLimit,
  type SetLimitOptions,
  setLimit,
} from './commands/change-limits.js';
import { type ChatOptions, chat } from './commands/chat.js';
import { type DecideOptions, decide } from './commands/decide.js';
import { type DirectOptions, direct } from './commands/direct.js';
import { type InteractOptions, interact } from './commands/interact.js';
import { limits } from './commands/limits.js';
import { type ListApprovalsOptions, listApprovals } from './commands/list-approvals.js';
import { type ListRunsOptions, listRuns } from './commands/list-runs.js';
import { pause } from './commands/pause.js';
import { type ReplayOptions, replay } from './commands/replay.js';
import { resume } from './commands/resume.js';
import { showRun } from './commands/show-run.js';
import { type SetTenantOptions, setTenant, tenants } from './commands/tenants.js';
import { type Connection, type ConnectionOptions, findConnection } from './connection.js';
import { explainError } from './explain-error.js';
import { parseCount } from './parse-count.js';
import { parseWeight } from './parse-weight.js';
import { Screen } from './screen.js';
import { Interrupted } from './stream-answer.js';
import type { Terminal } from './terminal.js';
import { version } from './version.js';

/** What shells show for a program that Ctrl-C ended: 128 + SIGINT. */
const INTERRUPTED_EXIT_CODE = 130;

/** A person waits, so an unreachable server is told after one retry. */
const MAX_RETRIES = 1;

/** Runs `troupe` with these arguments (without program and script) and returns its exit code. */
export async function runCommandLine(commandArguments: readonly string[], terminal: Terminal): Promise<number> {
  const screen = new Screen(terminal);
  let connection: Connection | undefined;
  let exitCode = 0;

  /** An action of commander: finds the server, then runs the command with the options of all levels. */
  const run =
    <Options>(
      command: (context: CommandContext, options: Options, argument: string, second?: string) => Promise<number>,
    ) =>
    async (...given: unknown[]): Promise<void> => {
      const { args, options } = parsedCommand(given);
      connection = findConnection(options, terminal);
      const client = new TroupeClient({ ...connection, maxRetries: MAX_RETRIES });
      exitCode = await command({ terminal, screen, client, connection }, options as Options, args[0] ?? '', args[1]);
    };

  const program = new Command('troupe')
    .description('Talk to the agents of a Troupe server.')
    .version(version)
    .showHelpAfterError('(--help lists what there is.)')
    .option('--url <url>', 'address of the server (TROUPE_URL; default http://127.0.0.1:3000)')
    .option('--api-key <key>', 'API key (TROUPE_API_KEY; default: the file api-key in .troupe)')
    .configureOutput({
      writeOut: (text) => void terminal.output.write(text),
      writeErr: (text) => void terminal.errors.write(text),
    })
    .exitOverride();

  program
    .command('chat')
    .description('talk, line by line')
    .option('--persona <agent>', 'whom to talk with')
    .option('--thread-id <id>', 'go on with a conversation')
    .option('--user-id <id>', 'who is talking, so that it can be remembered')
    .option('--model <provider/model>', 'another model than the agent names')
    .action(run<ChatOptions>(chat));
  program
    .command('interact')
    .description('send one message to an agent')
    .argument('[message]', 'the message; - or none reads it from the standard input')
    .option('--message <text>', 'the same')
    .option('--persona-id <agent>', 'who answers')
    .option('--thread-id <id>', 'go on with a conversation')
    .option('--user-id <id>', 'who is talking, so that it can be remembered')
    .option('--model <provider/model>', 'another model than the agent names')
    .option('--multitask-strategy <name>', 'if the thread is busy: reject, enqueue, interrupt, rollback, steer')
    .option('--json', 'wait, then write the whole response as JSON')
    .option('--background', 'do not wait: write the id of the run')
    .action(run<InteractOptions>(interact));
  program
    .command('direct')
    .description('call a model without agent, thread or tools')
    .argument('[message]', 'the message; - or none reads it from the standard input')
    .option('--message <text>', 'the same')
    .option('--system <text>', 'the system prompt')
    .option('--model <provider/model>', 'instead of the default model')
    .option('--json', 'wait, then write the whole response as JSON')
    .action(run<DirectOptions>(direct));
  program
    .command('agents')
    .description('list who can be talked to')
    .option('--json', 'write JSON')
    .action(run<{ json?: boolean }>(agents));
  program
    .command('runs')
    .description('list the newest runs, or show what became of one')
    .argument('[run-id]', 'the one to show')
    .option('--status <status>', 'queued, running, waiting, completed, failed, cancelled or expired')
    .option('--stop-reason <reason>', 'only those that ended for it; poisoned: they kept crashing their workers')
    .option('--agent <agent>', 'only those of one agent')
    .option('--limit <number>', 'how many at most', parseCount, 20)
    .option('--json', 'write JSON')
    .action(
      run<ListRunsOptions>((context, options, id) =>
        id === '' ? listRuns(context, options) : showRun(context, options, id),
      ),
    );
  program
    .command('approvals')
    .description('list what waits for people')
    .option('--state <state>', 'pending, approved, rejected, answered, expired or cancelled', 'pending')
    .option('--agent <agent>', 'only those of one agent')
    .option('--run-id <id>', 'only those of one run and of those that it called')
    .option('--limit <number>', 'how many at most', parseCount, 20)
    .option('--json', 'write JSON')
    .action(run<ListApprovalsOptions>(listApprovals));
  program
    .command('approve')
    .description('let a call be made that waits')
    .argument('<approval-id>')
    .option('--arguments <json>', 'in place of those that the agent proposed')
    .option('--sticky <scope>', 'approve later calls of the tool too: in this run, or on this thread')
    .option('--role <role>', 'in which it is decided')
    .option('--by <name>', 'who decided')
    .option('--json', 'write JSON')
    .action(run<DecideOptions>(decide('approve')));
  program
    .command('reject')
    .description('refuse a call that waits, or an answer to a question')
    .argument('<approval-id>')
    .option('--message <text>', 'for the agent: why not, or what to do instead')
    .option('--sticky <scope>', 'reject later calls of the tool too: in this run, or on this thread')
    .option('--role <role>', 'in which it is decided')
    .option('--by <name>', 'who decided')
    .option('--json', 'write JSON')
    .action(run<DecideOptions>(decide('reject')));
  program
    .command('answer')
    .description('answer a question of an agent')
    .argument('<approval-id>')
    .argument('<answer>', 'words, or JSON where the question asks for more')
    .option('--role <role>', 'in which it is answered')
    .option('--by <name>', 'who answered')
    .option('--json', 'write JSON')
    .action(run<DecideOptions>(decide('answer')));
  program
    .command('pause')
    .description('let a run rest')
    .argument('<run-id>')
    .option('--json', 'write JSON')
    .action(run<{ json?: boolean }>(pause));
  program
    .command('resume')
    .description('let a paused run go on')
    .argument('<run-id>')
    .option('--json', 'write JSON')
    .action(run<{ json?: boolean }>(resume));
  program
    .command('cancel')
    .description('end a run')
    .argument('<run-id>')
    .option('--json', 'write JSON')
    .action(run<{ json?: boolean }>(cancel));
  program
    .command('replay')
    .description('run the input of a run again that failed, expired or was cancelled')
    .argument('<run-id>')
    .option('--model <provider/model>', 'another model than before')
    .option('--json', 'write JSON')
    .action(run<ReplayOptions>(replay));

  const limitsCommand = program
    .command('limits')
    .description('show what providers allow, what is left of it and who waits')
    .option('--json', 'write JSON')
    .action(run<{ json?: boolean }>(limits));
  limitsCommand
    .command('set')
    .description('set a limit; it replaces the one of the same model')
    .argument('<provider/model>', "a model, or in quotes a pattern whose models share the limit: 'anthropic/claude-*'")
    .option('--account <hash>', "only for one of the provider's keys")
    .option('--rpm <number>', 'requests in any minute', parseCount)
    .option('--tpm <number>', 'input and output tokens in any minute', parseCount)
    .option('--input-tpm <number>', 'input tokens in any minute', parseCount)
    .option('--output-tpm <number>', 'output tokens in any minute', parseCount)
    .option('--rpd <number>', 'requests in any 24 hours', parseCount)
    .option('--max-concurrency <number>', 'calls under way at once', parseCount)
    .action(run<SetLimitOptions>(setLimit));
  limitsCommand
    .command('remove')
    .description('remove a limit that was set here or by API')
    .argument('<provider/model>', 'as it was set')
    .option('--account <hash>', "the one of one of the provider's keys")
    .action(run<LimitKeyOptions>(removeLimit));
  limitsCommand
    .command('forgive')
    .description('lift the pause that a provider asked for')
    .argument('<provider/model>', 'a model or a pattern')
    .option('--account <hash>', "only for one of the provider's keys")
    .action(run<LimitKeyOptions>(forgiveLimit));

  const tenantsCommand = program
    .command('tenants')
    .description('show who shares the installation, and in what proportion')
    .option('--json', 'write JSON')
    .action(run<{ json?: boolean }>(tenants));
  tenantsCommand
    .command('set')
    .description("change a tenant's share of limits and workers")
    .argument('<tenant>', 'its slug or id')
    .option('--weight <number>', 'twice that of another one gets twice as much', parseWeight)
    .action(run<SetTenantOptions>(setTenant));

  try {
    await program.parseAsync(commandArguments, { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has written its message already.
    if (error instanceof CommanderError) return error.exitCode;
    if (error instanceof Interrupted) return INTERRUPTED_EXIT_CODE;
    screen.failure(explainError(error, connection));
    return 1;
  }
}

/** Commander hands an action the arguments, the options and, last, the command itself. */
function parsedCommand(given: readonly unknown[]): { args: string[]; options: ConnectionOptions } {
  const command = given.at(-1);
  if (!(command instanceof Command)) throw new TypeError('Commander called an action without its command.');
  return { args: command.args, options: command.optsWithGlobals() };
}
