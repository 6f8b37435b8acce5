import { keyOf } from '../../kernel/key.ts';
import { receiverOf } from '../model/participant.ts';
import type { Sent } from '../model/view.ts';
import type { Lane } from './dice.ts';
import type { Mail, Moving, Office, Rest } from './mail.ts';
import type { Player } from './player.ts';

/** A message under way on its own. */
export interface Letter {
  readonly sent: Sent;
  readonly receiver: Player;
  /** Of a set: it has been delivered, and may come again. */
  delivered: boolean;
  /** It is not there any more. */
  gone: boolean;
  /** It has been delayed: that happens once, or it might never arrive. */
  late: boolean;
}

interface Lanes {
  readonly fates: Lane;
  readonly delays: Lane;
  readonly details: Lane;
  readonly repeats: Lane;
}

/** How likely a message of a set is to come again by itself. */
const REPEAT = 0.1;

/**
 * `unordered`, `duplicating`, `monotone`: messages overtake each other, and one that is not heeded stays until it is. In the latter two it
 * stays even then.
 */
export class Pool implements Mail {
  arriving = 0;
  readonly #office: Office;
  readonly #letters = new Set<Letter>();
  /** Of a set: by what they say, each is there once. */
  readonly #known: Map<string, Letter> | undefined;
  /** Letters that are there and were not heeded, or could not be handed over. */
  readonly #waiting = new Map<Player, Letter[]>();
  readonly #lanes = new Map<string, Map<string, Lanes>>();

  constructor(office: Office, isSet: boolean) {
    this.#office = office;
    this.#known = isSet ? new Map() : undefined;
  }

  add(sent: Sent): void {
    const receiver = this.#office.playerOf(receiverOf(sent.to));
    if (receiver === undefined) return;
    const letter: Letter = { sent, receiver, delivered: false, gone: false, late: false };
    if (this.#known !== undefined) {
      const key = keyOf([sent.from, sent.to, sent.event]);
      if (this.#known.has(key)) return;
      this.#known.set(key, letter);
    }
    this.#letters.add(letter);
    this.#send(letter, this.#office.travel(this.#lanesOf(sent).delays, sent.from, receiver));
  }

  changed(player: Player): void {
    const waiting = this.#waiting.get(player);
    if (player.retried || waiting === undefined || waiting.length === 0) return;
    player.retried = true;
    this.arriving += 1;
    const lane = this.#office.dice.lane(`again ${player.name}`);
    this.#office.schedule(this.#office.now + this.#office.travel(lane, player.name, player), {
      kind: 'again',
      player,
    });
  }

  resume(): void {
    for (const player of this.#waiting.keys()) this.changed(player);
  }

  /** Of a set every message may come again: one that changes anything does. */
  rest(): Rest {
    let rest: Rest = 'final';
    if (this.#known === undefined) return rest;
    for (const letter of this.#letters) {
      if (!letter.delivered || this.#isHeld(letter)) continue;
      const { receiver, sent } = letter;
      const reaction = receiver.role.deliver(receiver.participant, sent);
      if (!reaction.handled) continue;
      rest = 'settled';
      if (!this.#office.isNews(receiver, reaction)) continue;
      this.#office.deliver(sent, receiver, reaction);
      return 'moved';
    }
    return rest;
  }

  list(): readonly Sent[] {
    return Array.from(this.#letters, ({ sent }) => sent);
  }

  move(what: Moving): void {
    if (what.kind === 'letter') this.#arrive(what.letter);
    else if (what.kind === 'again') this.#again(what.player);
  }

  #arrive(letter: Letter): void {
    this.arriving -= 1;
    if (letter.gone) return;
    if (this.#office.perils.hitMessages && !this.#passes(letter)) return;
    if (this.#office.over || this.#hand(letter) || letter.delivered) return;
    const { receiver } = letter;
    const waiting = this.#waiting.get(receiver);
    if (waiting === undefined) this.#waiting.set(receiver, [letter]);
    else waiting.push(letter);
  }

  /** Its receiver may heed now what it did not before: the first that it does, from any of them on. */
  #again(player: Player): void {
    player.retried = false;
    this.arriving -= 1;
    const waiting = (this.#waiting.get(player) ?? []).filter(({ gone }) => !gone);
    this.#waiting.set(player, waiting);
    if (waiting.length === 0) return;
    const first = this.#office.dice.pick(this.#office.dice.lane(`first ${player.name}`), waiting.length);
    for (let step = 0; step < waiting.length; step++) {
      const at = (first + step) % waiting.length;
      const letter = waiting[at] as Letter;
      if (this.#isHeld(letter)) continue;
      const reaction = player.role.deliver(player.participant, letter.sent);
      if (!reaction.handled) continue;
      waiting.splice(at, 1);
      this.#heeded(letter);
      return this.#office.deliver(letter.sent, player, reaction);
    }
  }

  #passes(letter: Letter): boolean {
    const office = this.#office;
    const { sent } = letter;
    const { fates, details } = this.#lanesOf(sent);
    switch (office.perils.fate(fates)) {
      case 'lose':
        this.#remove(letter);
        office.perils.spend('lose');
        office.hit({ kind: 'lose', sent });
        return false;
      case 'duplicate':
        this.add(sent);
        office.perils.spend('duplicate');
        office.hit({ kind: 'duplicate', sent });
        return true;
      case 'corrupt':
        return !this.#corrupt(letter, details);
      case 'delay':
        if (letter.late) return true;
        letter.late = true;
        office.perils.spend('delay');
        this.#send(letter, office.lateness(details));
        return false;
      default:
        return true;
    }
  }

  #corrupt(letter: Letter, lane: Lane): boolean {
    const { sent } = letter;
    const into = this.#office.corruption(sent, lane);
    if (into === undefined) return false;
    this.#remove(letter);
    this.add({ ...sent, event: into });
    this.#office.perils.spend('corrupt');
    this.#office.hit({ kind: 'corrupt', sent, into });
    return true;
  }

  /** Hand it over, if it is heeded. */
  #hand(letter: Letter): boolean {
    if (this.#isHeld(letter)) return false;
    const { receiver, sent } = letter;
    const reaction = receiver.role.deliver(receiver.participant, sent);
    if (!reaction.handled) return false;
    this.#heeded(letter);
    this.#office.deliver(sent, receiver, reaction);
    return true;
  }

  #heeded(letter: Letter): void {
    if (this.#known === undefined) return this.#remove(letter);
    letter.delivered = true;
    const { repeats, delays } = this.#lanesOf(letter.sent);
    if (this.#office.dice.weigh(repeats, [0, REPEAT]) === 0) return;
    this.#send(letter, this.#office.travel(delays, letter.sent.from, letter.receiver));
  }

  #send(letter: Letter, takes: number): void {
    this.arriving += 1;
    this.#office.schedule(this.#office.now + takes, { kind: 'letter', letter });
  }

  #remove(letter: Letter): void {
    letter.gone = true;
    this.#letters.delete(letter);
    const { from, to, event } = letter.sent;
    this.#known?.delete(keyOf([from, to, event]));
  }

  #isHeld = ({ receiver, sent }: Letter): boolean =>
    !receiver.participant.alive || this.#office.isCut(sent.from, receiver);

  #lanesOf({ from, to }: Sent): Lanes {
    let lanes = this.#lanes.get(from);
    if (lanes === undefined) this.#lanes.set(from, (lanes = new Map<string, Lanes>()));
    let found = lanes.get(to);
    if (found !== undefined) return found;
    const lane = (kind: string): Lane => this.#office.dice.lane(`${kind} ${from} ${to}`);
    found = { fates: lane('fate'), delays: lane('delay'), details: lane('detail'), repeats: lane('repeat') };
    lanes.set(to, found);
    return found;
  }
}
