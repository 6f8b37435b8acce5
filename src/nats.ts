/** The door `troupe/nats`: what needs a nats-server. */
export { nats } from './transport/nats.ts';
export type { NatsOptions } from './transport/nats-dial.ts';
export { jetstream, type JetStreamOptions } from './durable/jetstream/store.ts';
