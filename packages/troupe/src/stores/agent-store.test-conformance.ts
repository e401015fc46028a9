import { describe, expect, test } from '@jest/globals';
import { newId } from '@troupe/contracts';
import type { AgentStore } from '@troupe/spec';

/** What every AgentStore does. */
export function describeAgentStore(name: string, connect: () => AgentStore): void {
  describe(`${name} is an AgentStore`, () => {
    test('takes the defaults for what is absent, and a change makes a new version', async () => {
      const agents = connect();
      const slug = `cook-${newId().slice(-12)}`;
      const made = await agents.create(slug, { name: 'Cook', definition: { role: 'You cook.' }, tools: ['calculate'] });
      expect(made).toMatchObject({ slug, version: 1, memory: { type: 'last_n' }, max_turns: 10 });
      const changed = await agents.change(slug, { description: 'Cooks', tools: undefined, max_turns: 3 });
      expect(changed).toMatchObject({ id: made.id, version: 2, name: 'Cook', tools: ['calculate'], max_turns: 3 });
      expect(await agents.get(slug)).toEqual(changed);
      expect((await agents.versions(slug)).map(({ version, max_turns }) => [version, max_turns])).toEqual([
        [2, 3],
        [1, 10],
      ]);
    });

    test('knows each slug once, lists by it, and names near ones', async () => {
      const agents = connect();
      const stem = `list-${newId().slice(-12)}`;
      const configuration = { name: 'One', definition: { role: 'You are one.' } };
      for (const slug of [`${stem}-b`, `${stem}-a`]) await agents.create(slug, configuration);
      await expect(agents.create(`${stem}-a`, configuration)).rejects.toMatchObject({ code: 'agent_exists' });
      expect((await agents.list({ after: stem, limit: 2 })).map(({ slug }) => slug)).toEqual([
        `${stem}-a`,
        `${stem}-b`,
      ]);
      await expect(agents.get(`${stem}-c`)).rejects.toMatchObject({
        code: 'agent_not_found',
        message: expect.stringContaining(`${stem}-a`),
      });
      await agents.delete(`${stem}-a`);
      await expect(agents.get(`${stem}-a`)).rejects.toMatchObject({ code: 'agent_not_found' });
      await expect(agents.delete(`${stem}-a`)).rejects.toMatchObject({ code: 'agent_not_found' });
    });
  });
}
