import { createSystem, silentLogger } from 'troupe';
import { raftRegister } from 'troupe/machines';
import { nats } from 'troupe/nats';

/** One Raft server in a process of its own: its name, then the names of all. Says `ready` when it runs. */
const [name = '', ...servers] = process.argv.slice(2);
const url = process.env['NATS_URL'] ?? '';
const system = await createSystem({ node: name, transport: nats({ servers: url }), log: silentLogger });
await system.spawn(raftRegister, { id: name, input: { name, servers } });
console.log('ready');
