/** Three clients use a register of a live system, and what they saw is judged: one copy is linearizable, two behind one name are not. */
import { assign, setup } from 'xstate';
import { createSystem, reply, type ReplyTo } from 'troupe';
import { recordHistory, linearizable, register, sessions, type RegisterInput } from 'troupe/testing';

const cell = setup({
  types: {
    context: {} as { value: number },
    events: {} as
      | { type: 'WRITE'; value: number; replyTo?: ReplyTo<{ type: 'WRITTEN' }> }
      | { type: 'READ'; replyTo?: ReplyTo<{ type: 'VALUE'; value: number }> },
  },
}).createMachine({
  id: 'cell',
  context: { value: 0 },
  on: {
    WRITE: {
      actions: [assign({ value: ({ event }) => event.value }), reply({ type: 'WRITTEN' as const })],
    },
    READ: { actions: reply(({ context }) => ({ type: 'VALUE' as const, value: context.value })) },
  },
});

/** Each client writes, reads, writes and reads; every write has its own value, so that a read tells whose it saw. */
async function use(instances: number) {
  const system = await createSystem();
  await system.serve('cell', cell, { instances });
  const recorder = recordHistory<RegisterInput>();
  const client = async (process: number): Promise<void> => {
    const ref = system.ref<typeof cell>('cell');
    for (const value of [process, process + 10]) {
      const writing = recorder.begin(process, { op: 'write', value });
      await ref.ask({ type: 'WRITE', value });
      writing.end(undefined);
      const reading = recorder.begin(process, { op: 'read' });
      // An answer that never comes is no failure: it may have taken effect. `unknown()` says so, and so does nothing at all.
      const answer = await ref.ask({ type: 'READ' }).catch(() => undefined);
      if (answer === undefined) reading.unknown();
      else reading.end(answer.value);
    }
  };
  await Promise.all([1, 2, 3].map(client));
  await system.stop();
  return recorder.history();
}

const one = await use(1);
console.log(`one copy, ${one.length} operations: ${linearizable(register(0), one).text}`);

const two = await use(2);
console.log('two copies:');
console.log(linearizable(register(0), two).text);
console.log(sessions(two).text);
