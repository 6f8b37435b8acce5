import type { EventObject } from 'xstate';
import { TroupeError } from '../../errors.ts';
import { noChildren, type ActorState } from '../../kernel/state.ts';
import type { ActorView } from '../model/view.ts';
import { activeNodes, covers, descriptorsOf, isInternal, isWildcard } from './descriptors.ts';
import type { Move } from './move.ts';
import type { Case, ExploreOptions } from './options.ts';
import { stateText } from './text.ts';
import { settlements, timeouts } from './work.ts';

/** The events that the active states of a chart have transitions for: those that are always the same, and those of a function. */
interface Entry {
  readonly fixed: readonly Move[];
  readonly computed: readonly ((view: ActorView) => readonly Move[])[];
  /** A wildcard nobody gave a case for. */
  readonly missing?: string;
}

/** The events a machine can be sent in a state, the timers that can run out, and the ends of its work: its moves. */
export class Alphabet {
  readonly #options: ExploreOptions;
  readonly #types: readonly string[];
  readonly #entries = new WeakMap<object, Entry>();
  readonly #ignored = new WeakMap<object, readonly string[]>();
  readonly #everything: Entry;

  /** @param types the event descriptors of the whole machine */
  constructor(types: readonly string[], options: ExploreOptions) {
    this.#options = options;
    const cases = Object.keys(options.cases ?? {});
    this.#types = [...new Set([...types, ...cases])].filter((type) => !isWildcard(type) && !isInternal(type));
    this.#everything = this.#entry(cases);
  }

  /**
   * Every move of a state.
   * @throws TroupeError NO_CASE for a wildcard nobody gave a case for
   */
  moves(state: ActorState, view: () => ActorView): readonly Move[] {
    const { snapshot, timers, children } = state;
    if (snapshot.status !== 'active') return [];
    const { fixed, computed, missing } = this.#at(state);
    if (missing !== undefined) throw noCase(missing, view());
    // Most states have none of these, and this is asked in every state.
    if (computed.length === 0 && timers.length === 0 && children === noChildren) return fixed;
    return [
      ...fixed,
      ...computed.flatMap((compute) => compute(view())),
      ...timeouts(state, this.#options.timers ?? 'due'),
      ...settlements(state, view, this.#options.outcomes ?? {}),
    ];
  }

  /** Events of the machine that have no transition in this state: they must change nothing. */
  ignored(state: ActorState, view: () => ActorView): readonly Move[] {
    if (state.snapshot.status !== 'active') return [];
    return this.#ignoredTypes(state).flatMap((type) => {
      const given = this.#options.cases?.[type];
      if (typeof given === 'function') return given(view()).map((each) => toMove(type, each));
      return given === undefined ? [bare(type)] : given.map((each) => toMove(type, each));
    });
  }

  #at({ snapshot }: ActorState): Entry {
    const nodes = activeNodes(snapshot);
    if (nodes === undefined) return this.#everything;
    let entry = this.#entries.get(nodes);
    if (entry === undefined) {
      entry = this.#entry(descriptorsOf(nodes));
      this.#entries.set(nodes, entry);
    }
    return entry;
  }

  #ignoredTypes({ snapshot }: ActorState): readonly string[] {
    const nodes = activeNodes(snapshot);
    if (nodes === undefined) return [];
    let types = this.#ignored.get(nodes);
    if (types === undefined) {
      const descriptors = descriptorsOf(nodes);
      types = this.#types.filter((type) => !descriptors.some((each) => covers(each, type)));
      this.#ignored.set(nodes, types);
    }
    return types;
  }

  #entry(descriptors: readonly string[]): Entry {
    const { cases = {} } = this.#options;
    const fixed: Move[] = [];
    const computed: ((view: ActorView) => readonly Move[])[] = [];
    const names = new Set<string>();
    for (const descriptor of descriptors) {
      if (isInternal(descriptor)) continue;
      const covering = Object.keys(cases).filter((name) => name === descriptor || covers(descriptor, name));
      for (const name of covering) names.add(name);
      if (covering.length > 0) continue;
      if (isWildcard(descriptor)) return { fixed, computed, missing: descriptor };
      fixed.push(bare(descriptor));
    }
    for (const name of names) {
      const given = cases[name] ?? [];
      if (typeof given === 'function') computed.push((view) => given(view).map((each) => toMove(name, each)));
      else fixed.push(...given.map((each) => toMove(name, each)));
    }
    return { fixed, computed };
  }
}

const bare = (type: string): Move => ({ kind: 'event', event: { type }, bare: true });

const toMove = (name: string, given: Case): Move => {
  if ('type' in given && typeof given['type'] === 'string')
    return { kind: 'event', event: given as EventObject };
  if (isWildcard(name))
    throw new TroupeError(
      'INVALID_OPTION',
      `A case of the wildcard "${name}" has no type: write the whole event, such as { type: 'some.event' }.`,
    );
  return { kind: 'event', event: { ...given, type: name } };
};

const noCase = (descriptor: string, view: ActorView): TroupeError =>
  new TroupeError(
    'NO_CASE',
    `No case for "${descriptor}" in state "${stateText(view)}": a wildcard stands for any event. Give cases: { '${descriptor}': [{ type: … }] }, or [] to leave it out.`,
  );
