import type { Sent } from 'troupe/testing';

const isSame = (a: Sent, b: Sent): boolean =>
  a.to === b.to && a.from === b.from && JSON.stringify(a.event) === JSON.stringify(b.event);

/** No message is under way twice: a second heartbeat like the first tells a server nothing that repeating the first would not. */
export const isSet = (network: readonly Sent[]): boolean =>
  network.every((sent, at) => network.findIndex((other) => isSame(sent, other)) === at);
