/** A Redis or Valkey executable that runs on this machine. */
export interface RedisServer {
  command: string;
  /** Come before the server's own arguments. */
  args: string[];
  /** For people: "redis-server 7.0.15". */
  description: string;
}
