import { subjectsOf } from '../../message/subject.ts';
import { creating, reading, removing } from './api.ts';
import { type Scope, streamsOf } from './streams.ts';

/** Who connects: a program with actors, somebody who looks, or whoever sets up the streams once. */
export const roles = ['node', 'inspect', 'provision'] as const;
export type Role = (typeof roles)[number];

/** The subjects a NATS user may use; every other one is denied. */
export interface Grant {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/** Of `nats({ inboxPrefix })` and `jetstream({ inboxPrefix })`: answers to one role are no other's to read. */
export const inboxPrefixOf = (system: string, role: Role): string => `_INBOX_${system}.${role}`;

/** The inbox of a user on the command line: its role is known by the name that `troupe acl` gave it; who has another name looks. */
export function inboxPrefixFor(servers: readonly string[], system: string): string {
  const isNode = servers.some(
    (server) => URL.canParse(server) && new URL(server).username === `${system}-node`,
  );
  return inboxPrefixOf(system, isNode ? 'node' : 'inspect');
}

/** The least that a role needs. What it may use of JetStream's API is named stream by stream. */
export function grantOf(role: Role, scope: Scope): Grant {
  const subjects = subjectsOf(scope.system);
  const { cluster, everyNode } = subjects;
  const streams = streamsOf(scope);
  const inbox = `${inboxPrefixOf(scope.system, role)}.>`;
  const bus = subjects.pattern('>');
  if (role === 'provision') return { publish: streams.flatMap(creating), subscribe: [inbox] };
  const subscribe = [cluster, everyNode, bus, inbox];
  const read = streams.flatMap(reading);
  if (role === 'inspect') return { publish: [cluster, everyNode, ...read], subscribe };
  const written = streams.map(({ subject }) => subject);
  const removed = streams.flatMap((stream) => removing(stream, stream.removal));
  return { publish: [cluster, everyNode, bus, ...written, ...read, ...removed], subscribe };
}
