/**
 * Something dear that is made when it is first needed. A vendor's SDK takes a tenth of a second to load and some 10 MB, and a
 * program speaks with one vendor or none; a server makes what it needs at its start (`ModelCatalog.load`).
 */
export class OnFirstUse<T> {
  readonly #make: () => Promise<T>;
  #made: { value: T } | undefined;
  #making: Promise<T> | undefined;

  constructor(make: () => Promise<T>) {
    this.#make = make;
  }

  /** Without a promise once it is there: most calls are not the first. */
  get(): T | Promise<T> {
    return this.#made === undefined ? this.#first() : this.#made.value;
  }

  /** One that failed is tried again by whoever comes next. */
  async #first(): Promise<T> {
    this.#making ??= this.#make();
    try {
      const value = await this.#making;
      this.#made = { value };
      return value;
    } catch (error) {
      this.#making = undefined;
      throw error;
    }
  }
}
