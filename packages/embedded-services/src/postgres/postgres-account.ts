import type { PostgresBinaries } from './postgres-binaries.js';

/** As whom and where PostgreSQL runs. */
export interface PostgresAccount {
  /** Comes before every PostgreSQL command. */
  prefix: string[];
  /** Present only when the processes run under another user than ours. */
  uid?: number;
  gid?: number;
  /** Where bin, lib and share lie for that user. */
  native: string;
  /** Where the cluster lies or will lie. */
  clusterPath: string;
}

export interface AccountOptions {
  binaries: PostgresBinaries;
  /** The data folder and the cluster's place inside it. */
  dataDir: string;
  clusterPath: string;
  onProgress(message: string): void;
}
