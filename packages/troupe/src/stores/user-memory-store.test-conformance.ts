import { describe, expect, test } from '@jest/globals';
import { newId } from '@troupe/contracts';
import type { UserMemoryStore } from '@troupe/spec';

/** What every UserMemoryStore does. */
export function describeUserMemoryStore(name: string, connect: () => UserMemoryStore): void {
  describe(`${name} is a UserMemoryStore`, () => {
    test('remembers one value for a key of a user', async () => {
      const memory = connect();
      const [ann, bob] = [newId(), newId()];
      await memory.set(ann, { key: 'name', value: 'An' });
      const fact = await memory.set(ann, { key: 'name', value: 'Ann', category: 'identity' });
      await memory.set(ann, { key: 'city', value: 'Bern' });
      await memory.set(bob, { key: 'name', value: 'Bob' });
      expect(fact).toMatchObject({ user_id: ann, key: 'name', value: 'Ann', category: 'identity' });
      expect((await memory.list(ann)).map(({ key, value }) => [key, value])).toEqual([
        ['city', 'Bern'],
        ['name', 'Ann'],
      ]);
      expect(await memory.get(bob, 'name')).toMatchObject({ value: 'Bob', category: null });
      expect(await memory.get(bob, 'city')).toBeUndefined();
    });

    test('forgets, and says whether there was something', async () => {
      const memory = connect();
      const user = newId();
      await memory.set(user, { key: 'name', value: 'Ann' });
      expect([await memory.forget(user, 'name'), await memory.forget(user, 'name')]).toEqual([true, false]);
      expect(await memory.list(user)).toEqual([]);
    });
  });
}
