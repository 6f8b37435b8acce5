import { stampTime } from '../message/clock.ts';
import { correlationOf, idOf, type Envelope, type Message } from '../message/envelope.ts';
import type { Subjects } from '../message/subject.ts';
import type { Logger } from '../ports.ts';

/** An event of the bus with what is known of its way. */
export interface Published<TEvent extends Message = Message> {
  readonly event: TEvent;
  /** Id of the message. */
  readonly id: string;
  /** Address of the actor that emitted it, if an actor did. */
  readonly from: string | undefined;
  readonly cause: string | undefined;
  readonly correlation: string;
  /** When it was published by the sender's clock, ms since the epoch. */
  readonly at: number;
}

export type Handler<TEvent extends Message = Message> = (
  event: TEvent,
  published: Published<TEvent>,
) => unknown;

export interface BusOptions {
  readonly subjects: Subjects;
  readonly log: Logger;
  /** Hear the events on subjects under a pattern: only envelopes whose event type is that of their subject. */
  readonly hear: (subject: string, onEnvelope: (envelope: Envelope) => void, group?: string) => () => void;
  readonly publish: (event: Message) => void;
  readonly onHandlerFailed: (envelope: Envelope, error: unknown) => void;
}

interface Topic {
  readonly handlers: Set<(envelope: Envelope) => void>;
  readonly stop: () => void;
}

/**
 * Publish and subscribe by event type (seed 003, 4.1.2.3): publishers and subscribers know nothing of each other.
 *
 * Patterns are NATS's: `order.created`, `order.*` (one part), `order.>` (one or more), `>` (everything). Delivery is at most
 * once to each subscriber that listens at that moment, in the publisher's order; also the publisher's own node is reached through the
 * transport, so a handler runs in a later tick with a copy. A failing handler never stops the others.
 */
export class Bus {
  readonly #options: BusOptions;
  readonly #topics = new Map<string, Topic>();

  constructor(options: BusOptions) {
    this.#options = options;
  }

  /** @throws TroupeError INVALID_EVENT, UNSERIALIZABLE, PAYLOAD_TOO_LARGE */
  publish(event: Message): void {
    this.#options.publish(event);
  }

  /**
   * @param group of the subscribers that share a group, on all nodes, one gets each event
   * @throws TroupeError INVALID_EVENT when the pattern is none
   */
  subscribe(pattern: string, receive: (envelope: Envelope) => void, group?: string): () => void {
    const subject = this.#options.subjects.pattern(pattern);
    if (group !== undefined) return this.#options.hear(subject, receive, group);
    const topic = this.#topic(subject);
    topic.handlers.add(receive);
    return () => {
      topic.handlers.delete(receive);
      if (topic.handlers.size > 0 || this.#topics.get(subject) !== topic) return;
      this.#topics.delete(subject);
      topic.stop();
    };
  }

  /** Call a function for each event. What it throws or rejects with is reported, and goes no further. */
  handle<TEvent extends Message>(pattern: string, handler: Handler<TEvent>, group?: string): () => void {
    const fail = (envelope: Envelope, error: unknown): void => {
      this.#options.onHandlerFailed(envelope, error);
      this.#options.log.error('a bus handler failed', { pattern, type: envelope.event.type, error });
    };
    return this.subscribe(
      pattern,
      (envelope) => {
        try {
          const outcome = handler(envelope.event as TEvent, describe(envelope) as Published<TEvent>);
          if (outcome instanceof Promise) outcome.catch((error: unknown) => fail(envelope, error));
        } catch (error) {
          fail(envelope, error);
        }
      },
      group,
    );
  }

  /** One subscription of the transport per pattern, however many handlers there are. */
  #topic(subject: string): Topic {
    const known = this.#topics.get(subject);
    if (known !== undefined) return known;
    const handlers = new Set<(envelope: Envelope) => void>();
    const stop = this.#options.hear(subject, (envelope) => {
      for (const receive of handlers) receive(envelope);
    });
    const topic = { handlers, stop };
    this.#topics.set(subject, topic);
    return topic;
  }
}

const describe = (envelope: Envelope): Published => ({
  event: envelope.event,
  id: idOf(envelope),
  from: envelope.from,
  cause: envelope.cause,
  correlation: correlationOf(envelope),
  at: stampTime(envelope.clock),
});
