import type { TroupeClient } from '../troupe-client.js';
import type { Connection } from './connection.js';
import type { Screen } from './screen.js';
import type { Terminal } from './terminal.js';

/** What a command works with. */
export interface CommandContext {
  terminal: Terminal;
  screen: Screen;
  client: TroupeClient;
  connection: Connection;
}
