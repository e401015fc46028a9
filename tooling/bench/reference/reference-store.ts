import pg from 'pg';

export interface Message {
  role: 'user' | 'assistant';
  content: string;
}

const SCHEMA = `
  CREATE TABLE threads (id uuid PRIMARY KEY, created_at timestamptz NOT NULL DEFAULT now());
  CREATE TABLE messages (
    thread_id uuid NOT NULL REFERENCES threads,
    id bigint GENERATED ALWAYS AS IDENTITY,
    role text NOT NULL,
    content text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (thread_id, id)
  )`;

const ADD_QUESTION = `
  WITH thread AS (INSERT INTO threads (id) VALUES ($1) ON CONFLICT DO NOTHING)
  INSERT INTO messages (thread_id, role, content) VALUES ($1, 'user', $2)`;

const ADD_ANSWER = "INSERT INTO messages (thread_id, role, content) VALUES ($1, 'assistant', $2)";

const READ = 'SELECT role, content FROM messages WHERE thread_id = $1 ORDER BY id';

/** Threads and their messages: one prepared statement a call, each its own commit. */
export class ReferenceStore {
  readonly #pool: pg.Pool;

  constructor(databaseUrl: string) {
    this.#pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
  }

  /** The message of a user, in a thread that is made when it is new. */
  async addQuestion(thread: string, content: string): Promise<void> {
    await this.#pool.query({ name: 'add-question', text: ADD_QUESTION, values: [thread, content] });
  }

  async addAnswer(thread: string, content: string): Promise<void> {
    await this.#pool.query({ name: 'add-answer', text: ADD_ANSWER, values: [thread, content] });
  }

  async messagesOf(thread: string): Promise<Message[]> {
    const { rows } = await this.#pool.query<Message>({ name: 'read', text: READ, values: [thread] });
    return rows;
  }
}

/** A database of its own beside the measured server's, with its tables. @returns its address */
export async function createReferenceDatabase(serverUrl: string): Promise<string> {
  await execute(serverUrl, 'CREATE DATABASE reference');
  const url = new URL(serverUrl);
  url.pathname = '/reference';
  await execute(url.href, SCHEMA);
  return url.href;
}

async function execute(connectionString: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
