import { count, label } from './check.ts';
import { failure } from './fault.ts';

/** What every replica of a group is started with. */
export interface ReplicaInput {
  /** Its own address; the others answer to it. */
  readonly name: string;
  /** The addresses of the other replicas. */
  readonly peers: readonly string[];
  /** Calls it keeps while it cannot serve them; one more is not heeded, and its client tries again. Default 64. */
  readonly room?: number;
}

/** The settings of a replica. Throws `INVALID_OPTION` on a name that is empty, or is there twice. */
export const replica = (chart: string, { name, peers, room = 64 }: ReplicaInput) => {
  label(chart, 'name', name);
  const names = [name, ...peers];
  const twice = names.find((each, at) => names.indexOf(each) < at);
  if (twice !== undefined)
    throw failure(
      'INVALID_OPTION',
      `${chart}: '${twice}' is twice among the replicas [${names.join(', ')}]; each must be there once, and 'peers' are the others.`,
      { name, peers },
    );
  return { name, peers, room: count(chart, 'room', room, 0) };
};

/** Replicas that make a majority, the one that counts included. Any two majorities have a replica in common. */
export const majority = ({ peers }: Pick<ReplicaInput, 'peers'>): number =>
  Math.floor((peers.length + 1) / 2) + 1;

/** A set of names as data: sorted, so that two sets with the same members are equal. */
export const joined = (names: readonly string[], name: string): readonly string[] =>
  names.includes(name) ? names : [...names, name].sort();
