import type { EventObject } from 'xstate';
import { keyOf } from '../../kernel/key.ts';
import { isPure, type ActorState } from '../../kernel/state.ts';
import type { Outcome } from '../../kernel/step.ts';
import { compact } from '../../message/json.ts';
import { unpack } from '../../message/special.ts';
import {
  recordable,
  type Line,
  type RecordedMessage,
  type RecordedSnapshot,
} from '../../monitoring/recording.ts';
import { Role, type Participant, type Reaction } from '../model/participant.ts';
import type { ActorSpec } from '../model/spec.ts';
import type { Output } from '../model/trace.ts';
import type { Sent } from '../model/view.ts';

/** Where chart and recording part. */
export interface Divergence {
  readonly actor: string;
  /** `its state`, `its context`, `what it said` … */
  readonly what: string;
  readonly expected: string;
  readonly found: string;
}

/** One recorded actor, replayed through its chart. */
export class Replica {
  readonly #address: string;
  readonly #spec: ActorSpec;
  #role: Role;
  #now: Participant | undefined;

  constructor(address: string, spec: ActorSpec) {
    this.#address = address;
    this.#spec = spec;
    this.#role = new Role(address, spec);
  }

  /** The chart's step for this line, or where it differs. */
  replay(line: Line): Divergence | undefined {
    if (line.action.kind === 'work') return undefined;
    const before = this.#now;
    const reaction = this.#react(line);
    if (reaction === undefined)
      return this.#differs('it did something before it started', 'start', compact(line.action));
    const found = line.snapshots[this.#address];
    if (failed(reaction) && found?.status === 'active' && before !== undefined) return undefined; // supervised: resumed
    this.#now = reaction.participant;
    return this.#compare(reaction, line, found);
  }

  #react({ action }: Line): Reaction | undefined {
    if (action.kind === 'start') {
      this.#role = new Role(this.#address, { ...this.#spec, input: action['input'] });
      return this.#role.begin();
    }
    const now = this.#now;
    if (now === undefined) return undefined;
    const path = (action['path'] ?? []) as readonly string[];
    switch (action.kind) {
      case 'deliver':
        return this.#role.deliver(now, action['sent'] as Sent);
      case 'timeout':
        return this.#role.fire(now, path, timerOf(now, path, action['timer'] as string));
      case 'settle':
        return this.#role.settle(now, path, action['outcome'] as Outcome);
      default:
        return this.#role.choose(now, action['event'] as EventObject);
    }
  }

  #compare(
    { participant, output }: Reaction,
    { sent, emitted }: Line,
    found: RecordedSnapshot | undefined,
  ): Divergence | undefined {
    const state = participant.alive ? participant.state : undefined;
    const expected = state?.snapshot;
    for (const part of ['status', 'value', 'context', 'output', 'error'] as const)
      if (!same(expected?.[part], found?.[part]))
        return this.#differs(`its ${part} is another`, text(expected?.[part]), text(found?.[part]));
    return this.#compareSaid(output, sent, emitted, state !== undefined && isOpaque(state, this.#spec));
  }

  #compareSaid(
    output: Output,
    sent: readonly RecordedMessage[],
    emitted: readonly EventObject[],
    opaque: boolean,
  ): Divergence | undefined {
    const expected = output.sent.map(({ to, event }) => ({ to, event: question(event, this.#address) }));
    const found = sent.map(({ to, event }) => ({ to, event }));
    // Work that is not a chart may say more in the same breath; what the chart says must be there all the same.
    const heard = opaque ? found.filter((each) => expected.some((other) => same(each, other))) : found;
    if (!same(expected, heard)) return this.#differs('it said something else', text(expected), text(found));
    if (!same(output.emitted, emitted))
      return this.#differs('it emitted something else', text(output.emitted), text(emitted));
    return undefined;
  }

  #differs(what: string, expected: string, found: string): Divergence {
    return { actor: this.#address, what, expected, found };
  }
}

const failed = ({ participant }: Reaction): boolean =>
  participant.alive && participant.state.snapshot.status === 'error';

/** As the recording would have it after it was written and read. */
const recorded = (value: unknown): unknown => unpack(JSON.parse(JSON.stringify(recordable(value) ?? null)));

const same = (one: unknown, other: unknown): boolean =>
  one === other || keyOf(recorded(one)) === keyOf(recorded(other));

const text = (value: unknown): string => (value === undefined ? 'nothing' : compact(recorded(value)));

/** The address for the answer is made up by whoever asks: a live system numbers it, a model names it. */
const question = (event: EventObject, actor: string): EventObject => {
  const { replyTo, ...rest } = event as EventObject & { replyTo?: unknown };
  return typeof replyTo === 'string' && replyTo.startsWith(`${actor}?`) ? rest : event;
};

/** A recorded timer is known by its event; the chart may have given it an id of its own. */
function timerOf(actor: Participant, path: readonly string[], type: string): string {
  let at = actor.alive ? actor.state : undefined;
  for (const id of path) at = at?.children[id];
  const timer = at?.timers.find(({ id, event }) => id === type || event.type === type);
  return timer?.id ?? type;
}

/** Is work at hand of which the chart does not say what it sends? */
const isOpaque = (state: ActorState, spec: ActorSpec): boolean =>
  Object.values(state.children).some(
    (child) => (!isPure(child.logic) && spec.asks?.[child.src] === undefined) || isOpaque(child, spec),
  );
