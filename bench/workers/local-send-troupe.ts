import { createSystem } from 'troupe';
import { answer } from './answer.ts';
import { counter } from './counter.ts';
import { sendFor, type LocalSender } from './local-send.ts';

const system = await createSystem();
const ref = await system.spawn(counter, { id: 'counter' });

answer<LocalSender>({
  round: async (seconds) =>
    sendFor(
      seconds,
      () => ref.send({ type: 'INC' }),
      async () => (await ref.ask({ type: 'COUNT' })).count,
    ),
});
