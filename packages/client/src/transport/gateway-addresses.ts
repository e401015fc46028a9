/** Addresses of gateways that serve the same data. Requests go to one of them until it fails. */
export class GatewayAddresses {
  readonly #addresses: readonly string[];
  #current: string;

  /** @param baseUrls with or without a path before `/api`; the first one is asked first. */
  constructor(baseUrls: readonly string[]) {
    this.#addresses = [...new Set(baseUrls.map((baseUrl) => baseUrl.replace(/\/+$/, '')))];
    const [first] = this.#addresses;
    if (first === undefined) throw new TypeError('There is no address of a gateway.');
    this.#current = first;
  }

  get current(): string {
    return this.#current;
  }

  /** Goes on to the next address, after the last to the first. Of many requests that failed at one only the first does. */
  leave(address: string): void {
    if (address !== this.#current) return;
    const next = (this.#addresses.indexOf(address) + 1) % this.#addresses.length;
    this.#current = this.#addresses[next] ?? address;
  }
}
