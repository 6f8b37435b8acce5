import { keyOf, stateKey } from '../../kernel/key.ts';
import type { ActorState } from '../../kernel/state.ts';
import type { Participant, Role } from '../model/participant.ts';
import type { ActorView } from '../model/view.ts';
import { Interner } from './interner.ts';
import { Ints } from './ints.ts';
import type { Progress } from './progress.ts';

/** States of single actors, by number. No two actors share a number, so a number tells its actor too. */
export class Locals {
  readonly participants: Interner<Participant>;
  /** Whose state it is. */
  readonly slot = new Ints();
  /** 1 for an actor that has failed. */
  readonly failed = new Ints();
  readonly #roles: readonly Role[];
  readonly #views: ActorView[] = [];

  constructor(roles: readonly Role[], progress: Progress) {
    this.#roles = roles;
    this.participants = new Interner(progress);
  }

  idOf(slot: number, participant: Participant): number {
    const id = this.participants.idOf(participant, `${slot}${this.keyOf(slot, participant)}`);
    if (id === this.slot.length) {
      this.slot.push(slot);
      this.failed.push(participant.alive && participant.state.snapshot.status === 'error' ? 1 : 0);
    }
    return id;
  }

  at(local: number): Participant {
    return this.participants.at(local);
  }

  role(local: number): Role {
    return this.#roles[this.slot.at(local)] as Role;
  }

  view(local: number): ActorView {
    return (this.#views[local] ??= this.role(local).view(this.at(local)));
  }

  /** A text that equal states of one actor share. */
  keyOf(slot: number, participant: Participant): string {
    if (participant.alive) return `+${stateKey(participant.state)}`;
    const whole = this.#roles[slot]?.spec.durable === true;
    return `-${whole ? stateKey(participant.saved as ActorState) : keyOf(participant.saved)}`;
  }
}
