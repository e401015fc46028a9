import { types } from 'node:util';

export interface ListenAddress {
  host: string;
  port: number;
  /** The settings that they come from. */
  hostSetting: string;
  portSetting: string;
}

/** A process cannot listen where it was told to; the message is for the operator and there is no stack to show. */
export class ListenError extends Error {
  override readonly name = 'ListenError';

  constructor(message: string) {
    super(message);
    this.stack = message;
  }
}

/** What to do about an error of `listen`; any other error stays as it is. */
export function listenError(error: unknown, { host, port, hostSetting, portSetting }: ListenAddress): unknown {
  const code = types.isNativeError(error) && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'EADDRINUSE':
      return new ListenError(
        `Port ${port} on ${host} is taken by another program. Stop that one, or give this one another port: ${portSetting}=${port + 1}`,
      );
    case 'EACCES':
      return new ListenError(
        `This user may not listen on port ${port}; ports below 1024 are often kept for root. Choose a higher one in ${portSetting}.`,
      );
    case 'EADDRNOTAVAIL':
    case 'EAI_AGAIN':
    case 'EINVAL':
    case 'ENOTFOUND':
      return new ListenError(
        `${hostSetting}=${host} is no address of this machine (${code}). Use 127.0.0.1 for this machine alone, 0.0.0.0 for others too.`,
      );
    default:
      return error;
  }
}
