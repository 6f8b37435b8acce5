import { TroupeError } from '../../../errors.ts';
import type { Sent } from '../../model/view.ts';
import type { Model } from '../model.ts';
import { renamed, renamedParticipant, type Names } from './rename.ts';

/** Numbers a table has for the renamed forms of its things, found once each. */
const remembered = (find: (id: number) => number): ((id: number) => number) => {
  const known: (number | undefined)[] = [];
  return (id) => (known[id] ??= find(id));
};

/** One way to exchange names, applied to the numbers a state consists of. */
export class Exchange {
  /** Whose state comes to each place. */
  readonly sources: Int32Array;
  readonly local: (id: number) => number;
  readonly network: (id: number) => number;
  readonly history: (id: number) => number;
  readonly environment: (id: number) => number;
  readonly message: (id: number) => number;

  constructor(model: Model, names: Names) {
    const { locals, messages, networks, histories, environments, roles } = model.tables;
    const places = roles.map(({ name }) => name);
    const target = (slot: number): number => {
      const name = places[slot] as string;
      return places.indexOf(names.get(name) ?? name);
    };
    this.sources = new Int32Array(places.length);
    for (let slot = 0; slot < places.length; slot += 1) this.sources[target(slot)] = slot;
    this.local = remembered((id) => {
      const durable = locals.role(id).spec.durable === true;
      return locals.idOf(target(locals.slot.at(id)), renamedParticipant(locals.at(id), names, durable));
    });
    this.message = remembered((id) => {
      const { from, to, event } = renamed(messages.sent.at(id), names) as Sent;
      return messages.idOf({ from, to, event });
    });
    this.network = remembered((id) => {
      const ids = networks.arena.slice(networks.start(id), networks.end(id));
      return networks.of(Array.from(ids, (message) => this.message(message)));
    });
    this.history = remembered((id) => histories.values.idOf(renamed(histories.values.at(id), names)));
    this.environment = remembered((id) => {
      const side = environments.partition(id);
      if (side === undefined) return id;
      const other = environments.split(id, renamed(side, names) as readonly string[]);
      if (other >= 0) return other;
      throw new TroupeError(
        'NOT_SYMMETRIC',
        `\`symmetry\` exchanges actors, but \`cuts\` has ${JSON.stringify(side)} and not ${JSON.stringify(renamed(side, names))}. Add it, or leave out \`symmetry\`.`,
      );
    });
  }
}
