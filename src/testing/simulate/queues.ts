import { receiverOf } from '../model/participant.ts';
import type { Sent } from '../model/view.ts';
import type { Lane } from './dice.ts';
import type { Mail, Moving, Office, Rest } from './mail.ts';
import type { Player } from './player.ts';

interface Queued {
  sent: Sent;
  /** Its place in the order of sending. */
  readonly number: number;
  /** When it is there at the earliest, µs. */
  due: number;
  /** It has been delayed: that happens once, or it might never arrive. */
  late: boolean;
}

/** The messages from one sender to one address. */
export interface Flow {
  readonly from: string;
  readonly receiver: Player;
  readonly fates: Lane;
  readonly delays: Lane;
  readonly details: Lane;
  queue: Queued[];
  /** Where the queue begins: to take its first message moves no other. */
  front: number;
  /** Is the arrival of the first message due? */
  moving: boolean;
}

/** Slots of a queue that are free before they are given back. */
const SLACK = 64;

/** `ordered`: a message arrives after all that its sender has sent there before (guarantee T1). */
export class Queues implements Mail {
  arriving = 0;
  readonly #office: Office;
  readonly #flows = new Map<string, Map<string, Flow>>();
  #sent = 0;

  constructor(office: Office) {
    this.#office = office;
  }

  add(sent: Sent): void {
    const flow = this.#flow(sent);
    if (flow !== undefined) this.#append(flow, sent);
  }

  changed(): void {
    // What was not heeded has been taken from the queue.
  }

  resume(): void {
    for (const flows of this.#flows.values())
      for (const flow of flows.values()) if (!flow.moving) this.#next(flow);
  }

  rest(): Rest {
    return 'final';
  }

  list(): readonly Sent[] {
    const queued: Queued[] = [];
    for (const flows of this.#flows.values())
      for (const { queue, front } of flows.values())
        for (let at = front; at < queue.length; at++) queued.push(queue[at] as Queued);
    return queued.sort((a, b) => a.number - b.number).map(({ sent }) => sent);
  }

  move(what: Moving): void {
    if (what.kind === 'head') this.#arrive(what.flow);
  }

  /** The first message of a flow is there. */
  #arrive(flow: Flow): void {
    flow.moving = false;
    this.arriving -= 1;
    const head = flow.queue[flow.front] as Queued;
    if (this.#office.perils.hitMessages && !this.#passes(flow, head)) return;
    if (this.#office.over) return;
    const { receiver } = flow;
    if (!receiver.participant.alive || this.#office.isCut(flow.from, receiver)) return;
    this.#shift(flow);
    this.#office.deliver(head.sent, receiver, receiver.role.deliver(receiver.participant, head.sent));
    this.#next(flow);
  }

  /** Does it come through what may happen to it on its way? */
  #passes(flow: Flow, head: Queued): boolean {
    const office = this.#office;
    const { sent } = head;
    switch (office.perils.fate(flow.fates)) {
      case 'none':
        return true;
      case 'lose':
        this.#shift(flow);
        office.perils.spend('lose');
        office.hit({ kind: 'lose', sent });
        this.#next(flow);
        return false;
      case 'duplicate':
        this.#double(flow, head);
        office.perils.spend('duplicate');
        office.hit({ kind: 'duplicate', sent });
        return true;
      case 'corrupt':
        return this.#corrupt(flow, head);
      case 'reorder':
        return !this.#overtake(flow, head);
      case 'delay':
        if (head.late) return true;
        head.late = true;
        office.perils.spend('delay');
        head.due = office.now + office.lateness(flow.details);
        this.#next(flow);
        return false;
    }
  }

  #corrupt(flow: Flow, head: Queued): true {
    const { sent } = head;
    const into = this.#office.corruption(sent, flow.details);
    if (into === undefined) return true;
    head.sent = { ...sent, event: into };
    this.#office.perils.spend('corrupt');
    this.#office.hit({ kind: 'corrupt', sent, into });
    return true;
  }

  /** The copy stands behind the message it is a copy of. */
  #double(flow: Flow, { sent, number }: Queued): void {
    const due = this.#office.now + this.#office.travel(flow.delays, flow.from, flow.receiver);
    flow.queue.splice(flow.front + 1, 0, { sent, number, due, late: false });
  }

  /** Let all behind it pass. In terms of the other faults: it is lost, and one like it comes last. */
  #overtake(flow: Flow, { sent }: Queued): boolean {
    if (flow.queue.length - flow.front < 2) return false;
    this.#shift(flow);
    this.#office.perils.spend('reorder');
    this.#office.hit({ kind: 'lose', sent });
    if (this.#office.over) return true;
    this.#append(flow, sent);
    this.#office.hit({ kind: 'forge', sent });
    this.#next(flow);
    return true;
  }

  #append(flow: Flow, sent: Sent): void {
    const { queue, delays, from, receiver } = flow;
    const arrives = this.#office.now + this.#office.travel(delays, from, receiver);
    const last = queue.length > flow.front ? (queue[queue.length - 1] as Queued).due : 0;
    queue.push({ sent, number: this.#sent++, due: Math.max(arrives, last), late: false });
    // The first one is on its way already, or somebody is just dealing with it.
    if (queue.length - flow.front === 1) this.#next(flow);
  }

  #shift(flow: Flow): void {
    flow.front += 1;
    if (flow.front === flow.queue.length) {
      flow.queue.length = 0;
      flow.front = 0;
    } else if (flow.front > SLACK && flow.front * 2 > flow.queue.length) {
      flow.queue = flow.queue.slice(flow.front);
      flow.front = 0;
    }
  }

  #next(flow: Flow): void {
    const head = flow.queue[flow.front];
    if (head === undefined || flow.moving || this.#office.over) return;
    flow.moving = true;
    this.arriving += 1;
    this.#office.schedule(Math.max(head.due, this.#office.now), { kind: 'head', flow });
  }

  #flow({ from, to }: Sent): Flow | undefined {
    let flows = this.#flows.get(from);
    if (flows === undefined) this.#flows.set(from, (flows = new Map<string, Flow>()));
    let flow = flows.get(to);
    if (flow !== undefined) return flow;
    const receiver = this.#office.playerOf(receiverOf(to));
    if (receiver === undefined) return undefined;
    const { dice } = this.#office;
    const lane = (kind: string): Lane => dice.lane(`${kind} ${from} ${to}`);
    const lanes = { fates: lane('fate'), delays: lane('delay'), details: lane('detail') };
    flow = { from, receiver, ...lanes, queue: [], front: 0, moving: false };
    flows.set(to, flow);
    return flow;
  }
}
