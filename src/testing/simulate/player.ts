import type { EventObject } from 'xstate';
import { asked } from '../explore/asked.ts';
import type { Outcome } from '../../kernel/step.ts';
import { isPure, type ActorState } from '../../kernel/state.ts';
import type { Path } from '../../kernel/effect.ts';
import type { Participant, Role } from '../model/participant.ts';
import type { ActorView } from '../model/view.ts';
import type { Dice, Lane } from './dice.ts';
import type { Armed, Work } from './occasion.ts';

/** An actor of a run: who it is, how it is, and what of it is waiting to happen. */
export class Player {
  readonly name: string;
  readonly role: Role;
  participant!: Participant;
  /** Rises with every crash: what was due in an earlier life is void. */
  life = 0;
  /** How much longer than with others its messages, timers and work take. */
  slowness = 1;
  /** How much longer than usual the environment waits with what it chooses, and work takes, in this run. */
  patience = 1;
  effort = 1;
  /** How much longer than by the true clock its timers take. */
  clock = 1;
  /** Is a choice of the environment due? */
  awaited = false;
  /** Is another try due of messages it did not heed? */
  retried = false;
  readonly chosen: boolean;
  readonly works: boolean;
  readonly lanes: Readonly<Record<'picks' | 'pauses' | 'ends' | 'durations' | 'ties', Lane>>;
  #view: ActorView | undefined;
  #working = new Set<object>();

  constructor(role: Role, dice: Dice) {
    const { name, spec } = role;
    this.name = name;
    this.role = role;
    this.chosen = spec.choices !== undefined;
    this.works = spec.outcomes !== undefined;
    const lane = (kind: string): Lane => dice.lane(`${kind} ${name}`);
    this.lanes = {
      picks: lane('pick'),
      pauses: lane('pause'),
      ends: lane('end'),
      durations: lane('work'),
      ties: lane('tie'),
    };
  }

  get view(): ActorView {
    return (this.#view ??= this.role.view(this.participant));
  }

  /** It is in another state; returns the timers that began to run. */
  become(participant: Participant): readonly Armed[] {
    const before = this.participant as Participant | undefined;
    if (participant === before) return nothing;
    this.participant = participant;
    this.#view = undefined;
    if (!participant.alive) return nothing;
    const old = before?.alive === true ? before.state : undefined;
    if (old === participant.state) return nothing;
    return armedSince(old, participant.state);
  }

  die(participant: Participant): void {
    this.become(participant);
    this.life += 1;
    this.awaited = false;
    this.#working.clear();
  }

  choices(): readonly EventObject[] {
    return asked(`choices of "${this.name}"`, () => this.role.choices(this.participant));
  }

  /** How its work at the path may end. */
  outcomes(path: Path): Outcome[] {
    const place = path.join('/');
    const ends = asked(`outcomes of "${this.name}"`, () => this.role.settlements(this.participant));
    return ends.filter((end) => end.path.join('/') === place).map(({ outcome }) => outcome);
  }

  runs({ path, timer }: Armed): boolean {
    return stateAt(this.participant, path)?.timers.includes(timer) ?? false;
  }

  /** Work that began, or that could not end so far. It counts as waited for from now on. */
  begun(): Work[] {
    if (!this.participant.alive) return [];
    const begun = workOf(this.participant.state, []).filter(({ snapshot }) => !this.#working.has(snapshot));
    for (const { snapshot } of begun) this.#working.add(snapshot);
    return begun;
  }

  /** Is the work still under way? It counts as waited for no more. */
  awaits({ path, snapshot }: Work): boolean {
    this.#working.delete(snapshot);
    return stateAt(this.participant, path)?.snapshot === snapshot;
  }
}

const nothing: readonly Armed[] = Object.freeze([]);

function stateAt(participant: Participant, path: Path): ActorState | undefined {
  let state = participant.alive ? participant.state : undefined;
  for (const id of path) state = state?.children[id];
  return state;
}

function armedSince(
  before: ActorState | undefined,
  after: ActorState,
  path: Path = [],
  armed: Armed[] = [],
): readonly Armed[] {
  if (after === before) return armed;
  if (after.timers !== before?.timers)
    for (const timer of after.timers)
      if (before?.timers.includes(timer) !== true) armed.push({ path, timer });
  if (after.children !== before?.children)
    for (const [id, child] of Object.entries(after.children))
      armedSince(before?.children[id], child, [...path, id], armed);
  return armed;
}

const workOf = ({ logic, snapshot, children }: ActorState, path: Path): Work[] => [
  ...(!isPure(logic) && snapshot.status === 'active' ? [{ path, snapshot }] : []),
  ...Object.entries(children).flatMap(([id, child]) => workOf(child, [...path, id])),
];
