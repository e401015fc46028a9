/**
 * What a cassette does with a request:
 *
 * - `none`: replays only; a request that was not recorded fails. For continuous integration.
 * - `once`: records when the file is absent, and is `none` from then on.
 * - `new`: replays what is there and records the rest.
 * - `all`: records everything anew; what was there before goes.
 */
export type CassetteMode = 'none' | 'once' | 'new' | 'all';

export interface CassetteOptions {
  /** Path of the YAML file; folders are made as needed. */
  file: string;
  /** The base URL as the client would have it, `https://api.openai.com/v1`. Asked only while something is recorded. */
  upstream: string;
  /** Default `none`, so that a test never spends money by mistake. */
  mode?: CassetteMode;
  /**
   * Values that the file must not hold wherever they turn up, beside those that are always left out: credentials in
   * headers, query and JSON fields of a telling name, and what looks like a key.
   */
  secrets?: readonly string[];
  /**
   * Fields of JSON bodies that may differ, such as `metadata.trace_id` or `messages[*].id`; `*` stands for one name or
   * index. What is below a field is ignored with it.
   */
  ignoreBody?: readonly string[];
  /** Query parameters that may differ. */
  ignoreQuery?: readonly string[];
  /** Request headers that are recorded and must be the same, in any case. Default: none, and no others are recorded. */
  matchHeaders?: readonly string[];
  /** Whether a request that comes more often than it was recorded gets the last answer again. Default false: a miss. */
  allowRepeats?: boolean;
  /** Whether replies take the time that the provider took. Default `drop`. */
  pauses?: 'keep' | 'drop';
  /** 0, the default, takes a free port of 127.0.0.1. */
  port?: number;
}
