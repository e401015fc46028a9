import { type Fact, newId } from '@troupe/contracts';
import type { NewFact, UserMemoryStore } from '@troupe/spec';

/** Facts for as long as the process lives. */
export class InMemoryUserMemoryStore implements UserMemoryStore {
  readonly #facts = new Map<string, Map<string, Fact>>();

  async list(userId: string): Promise<Fact[]> {
    const facts = [...(this.#facts.get(userId)?.values() ?? [])];
    return facts.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map((fact) => ({ ...fact }));
  }

  async get(userId: string, key: string): Promise<Fact | undefined> {
    const fact = this.#facts.get(userId)?.get(key);
    return fact && { ...fact };
  }

  async set(userId: string, { key, value, category = null }: NewFact): Promise<Fact> {
    const now = new Date().toISOString();
    const { id, created_at } = (await this.get(userId, key)) ?? { id: newId(), created_at: now };
    const fact: Fact = {
      id,
      user_id: userId,
      key,
      value,
      category,
      source_message_id: null,
      created_at,
      updated_at: now,
    };
    const facts = this.#facts.get(userId) ?? new Map<string, Fact>();
    this.#facts.set(userId, facts.set(key, fact));
    return { ...fact };
  }

  async forget(userId: string, key: string): Promise<boolean> {
    return this.#facts.get(userId)?.delete(key) ?? false;
  }
}
