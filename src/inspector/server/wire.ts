import { Walk } from '../../monitoring/walk.ts';

/** Nesting of a value on its way to a page, levels. */
const DEPTH = 48;
/** Of one answer or entry, about, characters: more is in it only when a source bounds nothing. */
const ROOM = 16 * 1024 * 1024;

/**
 * A value as JSON, in the form of recordings (monitoring/recording.ts). What has this form already is not changed, so that entries of a file and
 * values of a live process may be mixed.
 */
export const toWire = (value: unknown): string =>
  JSON.stringify(new Walk({ room: ROOM, isMarked: true }).tell(value, [], DEPTH) ?? null);
