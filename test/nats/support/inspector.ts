import { createSystem, silentLogger } from 'troupe';
import { liveSource } from 'troupe/inspector';
import { nats } from 'troupe/nats';

/** An inspector in a process of its own: it looks at everything, and says when it has been told of a step. */
const [url = ''] = process.argv.slice(2);
const system = await createSystem({
  node: 'inspector',
  transport: nats({ servers: url }),
  log: silentLogger,
});
liveSource(system).watch({
  interest: { rate: 10_000 },
  emit(entries) {
    const steps = entries.filter(({ kind }) => kind === 'step').length;
    if (steps > 0) process.send?.({ steps });
    return true;
  },
});
process.on('disconnect', () => process.exit());
