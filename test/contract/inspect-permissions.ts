import { describe, expect, it } from 'vitest';
import { setup } from 'xstate';
import { liveSource } from '../../src/inspector/source/live.ts';
import { memory, type SystemOptions } from '../../src/index.ts';
import { freshName, worldOn, type Make } from './world.ts';

const soon = <T>(of: () => T | Promise<T>) => expect.poll(of, { timeout: 10_000 });

const mailer = setup({ types: { events: {} as { type: 'MAIL' } } }).createMachine({
  id: 'mailer',
  on: {
    MAIL: {
      actions: () => {
        throw new Error('no mailbox');
      },
    },
  },
});

export function permissionsContract(name: string, make: Make): void {
  describe(`who may change what, over ${name}`, () => {
    const world = worldOn(make);

    /** A node with two dead letters in a queue, and one beside it. */
    async function post(inspect: SystemOptions['inspect'] = {}) {
      const system = freshName();
      const office = await world.join(system, { node: 'office', store: memory(), inspect });
      const eye = await world.join(system, { node: 'eye' });
      await soon(() => [office, eye].map((node) => node.members().length)).toEqual([1, 1]);
      await office.spawn(mailer, { id: 'mailer', supervision: { directive: 'resume' } });
      const queue = await office.queue<{ type: 'MAIL' }>('mails', { maxAttempts: 1 });
      await queue.send({ type: 'MAIL' });
      await queue.send({ type: 'MAIL' });
      const consumer = await queue.consume('mailer');
      await soon(async () => queue.size()).toBe(0);
      await consumer.stop();
      const inspected = liveSource(eye, { canSend: true });
      const letters = async () => (await inspected.deadLetters({ queue: 'mails' })).rows.map(({ id }) => id);
      const close = async (): Promise<void> => {
        await inspected.close();
        await Promise.all([office.stop(), eye.stop()]);
      };
      return { office, queue, source: inspected, letters, [Symbol.asyncDispose]: close };
    }

    it('a node settles no dead letters for others, whatever the inspector allows itself', async () => {
      await using world = await post();
      const { source, letters, office, queue } = world;
      const ids = await letters();
      expect(ids).toHaveLength(2);
      for (const deed of ['replayLetter', 'dropLetter'] as const)
        await expect(source[deed](ids[0] ?? '', 'mails')).rejects.toMatchObject({
          code: 'NOT_ALLOWED',
          message: expect.stringContaining(office.node) as unknown,
        });
      expect([await letters(), await queue.size()]).toEqual([ids, 0]);
    });

    it('unless its option says that it does', async () => {
      await using world = await post({ replay: true });
      const { source, letters, queue } = world;
      const [first = '', second = ''] = await letters();
      await source.replayLetter(first, 'mails');
      await source.dropLetter(second, 'mails');
      expect([await letters(), await queue.size()]).toEqual([[], 1]);
      await expect(source.dropLetter(second, 'mails')).rejects.toMatchObject({
        code: expect.stringMatching(/NOT_AVAILABLE|NO_SUCH_LETTER/) as unknown,
      });
    });

    it('who has the system itself, in its process, settles them', async () => {
      await using world = await post();
      const { office, letters, queue } = world;
      const own = liveSource(office, { canSend: true });
      const [first = ''] = await letters();
      await own.replayLetter(first, 'mails');
      expect(await queue.size()).toBe(1);
      await expect(own.dropLetter(first, 'mails')).rejects.toMatchObject({ code: 'NO_SUCH_LETTER' });
      await own.close();
      await expect(liveSource(office).replayLetter(first, 'mails')).rejects.toMatchObject({
        code: 'NOT_ALLOWED',
      });
    });
  });
}
