/**
 * One service as a process: `service.ts NAME`, NATS_URL says where the server is. `main.ts --nats` and docker-compose.yml
 * both start services with this file.
 */
import { nats } from 'troupe/nats';
import { services } from './addresses.ts';
import { startService } from './services/start.ts';

const [given] = process.argv.slice(2);
const service = services.find((each) => each === given);
if (service === undefined) {
  process.stderr.write(
    `service.ts: ${given ?? 'nothing'} is no service; choose one of ${services.join(', ')}.\n`,
  );
  process.exit(2);
}

const servers = (process.env['NATS_URL'] ?? 'nats://127.0.0.1:4222').split(',');
try {
  const system = await startService(service, nats({ servers }));
  const end = (): void => void system.stop().then(() => process.exit(0));
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  // Started by main.ts: without it there is nobody to work for.
  process.once('disconnect', end);
  process.send?.('ready');
} catch (error) {
  process.stderr.write(`service.ts: ${service}: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
