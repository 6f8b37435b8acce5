import { createSystem, silentLogger } from 'troupe';
import { raftRegister } from 'troupe/machines';
import { nats } from 'troupe/nats';

/** One Raft server in a process of its own: its name, then the names of all. Says `ready` when it runs. */
const [name = '', ...servers] = process.argv.slice(2);
const url = process.env['NATS_URL'] ?? '';
const system = await createSystem({ node: name, transport: nats({ servers: url }), log: silentLogger });
// Patient, so that a busy machine does not elect a second leader in between.
const electionTimeout = { min: 1_000, max: 2_000 };
await system.spawn(raftRegister, { id: name, input: { name, servers, electionTimeout } });
console.log('ready');
