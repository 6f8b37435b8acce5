import { createActor } from 'xstate';
import { answer } from './answer.ts';
import { counter } from './counter.ts';
import { sendFor, type LocalSender } from './local-send.ts';

const actor = createActor(counter).start();

answer<LocalSender>({
  round: async (seconds) =>
    sendFor(
      seconds,
      () => actor.send({ type: 'INC' }),
      async () => actor.getSnapshot().context.count,
    ),
});
