import type { RunEventArchive, RunLogCursor, RunLogPage } from '@troupe/spec';

/** Statements that all readers of a process may have under way together: the rest of the pool belongs to requests. */
const MAX_STATEMENTS = 2;
/** Logs that one statement reads; with the size of a page this bounds what it brings into memory. */
const MAX_CURSORS = 100;

interface Waiting extends PromiseWithResolvers<RunLogPage> {
  cursor: RunLogCursor;
}

/** Reads the archive for thousands of readers: those who ask while a statement is under way share the next. */
export class GatheredReads {
  readonly #archive: RunEventArchive;
  #waiting: Waiting[] = [];
  #statements = 0;

  constructor(archive: RunEventArchive) {
    this.#archive = archive;
  }

  read(cursor: RunLogCursor): Promise<RunLogPage> {
    const asked = { cursor, ...Promise.withResolvers<RunLogPage>() };
    this.#waiting.push(asked);
    // Those whose clocks ring in the same moment ask together.
    if (this.#waiting.length === 1) setImmediate(() => this.#next());
    return asked.promise;
  }

  #next(): void {
    while (this.#waiting.length > 0 && this.#statements < MAX_STATEMENTS) {
      void this.#run(this.#waiting.splice(0, MAX_CURSORS));
    }
  }

  async #run(asked: readonly Waiting[]): Promise<void> {
    this.#statements += 1;
    try {
      const pages = await this.#archive.read(asked.map(({ cursor }) => cursor));
      for (const [index, { resolve, reject }] of asked.entries()) {
        const page = pages[index];
        if (page) resolve(page);
        else reject(new Error(`The archive gave ${pages.length} pages for ${asked.length} cursors.`));
      }
    } catch (error) {
      for (const { reject } of asked) reject(error);
    } finally {
      this.#statements -= 1;
      this.#next();
    }
  }
}
