/** Another live process uses the data folder. */
export class DataDirInUseError extends Error {
  override readonly name = 'DataDirInUseError';
  readonly pid: number;
  /** Where that process answers, once it does. */
  readonly address: string | undefined;

  constructor(dataDir: string, pid: number, address: string | undefined) {
    super(
      `Troupe already runs on the data folder ${dataDir}: process ${pid}${address ? `, ${address}` : ''}. ` +
        'Stop it first, or give this one another folder in TROUPE_DATA_DIR.',
    );
    this.pid = pid;
    this.address = address;
  }
}
