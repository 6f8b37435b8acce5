import type { ActorView } from 'troupe/testing';

/** What events carry; a type that is not named is sent with no payload. */
export const cases = { ADD: [{ cents: 100 }, { cents: 0 }] };

/** A basket can grow for ever: how far it is followed. */
export const filter = ({ context }: ActorView): boolean => (context as { total: number }).total < 200;
