import { createSystem, silentLogger } from 'troupe';
import { abdRegister, paxos, type AbdInput, type PaxosInput } from 'troupe/machines';
import { nats } from 'troupe/nats';

/** A process with one replica: `NATS_URL=… node … replica-node.ts <replica as JSON>`. It prints "ready". */
export type ReplicaOfProcess =
  | { readonly chart: 'paxos'; readonly input: PaxosInput }
  | { readonly chart: 'abd-register'; readonly input: AbdInput };

const replica = JSON.parse(process.argv[2] ?? '') as ReplicaOfProcess;
const { name } = replica.input;

const system = await createSystem({
  node: name,
  transport: nats({ servers: process.env['NATS_URL']! }),
  log: silentLogger,
});
const options = { id: name, supervision: { directive: 'stop' } } as const;
if (replica.chart === 'paxos') await system.spawn(paxos, { ...options, input: replica.input });
else await system.spawn(abdRegister, { ...options, input: replica.input });
process.stdout.write('ready\n');
