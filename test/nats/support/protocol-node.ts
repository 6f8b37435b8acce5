import { appendFileSync, existsSync } from 'node:fs';
import { once } from 'node:events';
import { fromPromise } from 'xstate';
import { createSystem, silentLogger } from 'troupe';
import {
  alternatingBitReceiver,
  threePhaseCoordinator,
  threePhaseParticipant,
  twoPhaseCoordinator,
  twoPhaseParticipant,
  type Decision,
  type PrepareInput,
  type RecordInput,
} from 'troupe/machines';
import { nats } from 'troupe/nats';
import { link } from './link.ts';

/**
 * A process with one actor of a protocol: `NATS_URL=… node … protocol-node.ts <role as JSON>`. It prints "ready", and the state of the
 * actor whenever that changes. SIGUSR2 lets work go on that waits for it.
 */
export interface RoleOfProcess {
  readonly id: string;
  readonly chart: keyof typeof charts;
  readonly input: object;
  /** How the work of a participant ends; `waits`: well, after SIGUSR2. Default `succeeds`. */
  readonly prepare?: 'succeeds' | 'fails' | 'waits';
  /** File the coordinator of a two-phase commit logs to. */
  readonly log?: string;
  /** The coordinator goes on with what is in the log. */
  readonly restarted?: boolean;
  /** The process dies by its own hand, as if by SIGKILL at that moment, instead of going on from there. */
  readonly dies?: 'before-record' | 'after-record';
}

const role = JSON.parse(process.argv[2] ?? '') as RoleOfProcess;

const die = async (): Promise<never> => {
  process.kill(process.pid, 'SIGKILL');
  return new Promise<never>(() => undefined);
};

const record = fromPromise<unknown, RecordInput>(async ({ input: { transaction } }) => {
  if (role.dies === 'before-record') await die();
  if (role.log !== undefined) appendFileSync(role.log, `${transaction}\n`, { flush: true });
  if (role.dies === 'after-record') await die();
});

const prepare = fromPromise<unknown, PrepareInput>(async ({ input: { participant } }) => {
  if (role.prepare === 'waits') await once(process, 'SIGUSR2');
  if (role.prepare === 'fails') throw new Error(`${participant} is sold out`);
});

const inLog = (log: string): Decision => (existsSync(log) ? 'commit' : 'abort');

const charts = {
  'two-phase-coordinator': twoPhaseCoordinator.provide({ actors: { record } }),
  'two-phase-participant': twoPhaseParticipant.provide({ actors: { prepare } }),
  'three-phase-coordinator': threePhaseCoordinator,
  'three-phase-participant': threePhaseParticipant.provide({ actors: { prepare } }),
  'alternating-bit-receiver': alternatingBitReceiver,
  link,
} as const;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const system = await createSystem({
  node: role.id,
  transport: nats({ servers: process.env['NATS_URL']! }),
  log: silentLogger,
});
const recovered = role.restarted === true ? { decision: inLog(role.log ?? '') } : {};
const ref = await system.spawn(charts[role.chart] as typeof twoPhaseParticipant, {
  id: role.id,
  input: { ...role.input, ...recovered } as never,
  supervision: { directive: 'stop' },
});
ref.subscribe({ next: ({ value }) => print(value) });
print('ready');
