import { describe, expect, it } from 'vitest';
import { flawOf } from '../../src/kernel/flaw.ts';

const sound = {
  src: '',
  synced: false,
  status: 'active',
  value: 'on',
  context: { n: 1 },
  children: {},
  timers: [{ id: 't', event: { type: 'T' }, delay: 1, due: 2, to: [], targeted: false }],
};

describe('what is no stored actor', () => {
  it('is found and named, at any depth', () => {
    expect(flawOf(sound)).toBeUndefined();
    expect(flawOf({ ...sound, children: { a: { ...sound, children: { b: sound } } } })).toBeUndefined();
    expect(flawOf(undefined)).toBe('it is undefined, not an object');
    expect(flawOf(5)).toBe('it is 5, not an object');
    expect(flawOf([])).toBe('it is [], not an object');
    expect(flawOf({ ...sound, src: 3 })).toBe('it.src is 3, not the name of a logic');
    expect(flawOf({ ...sound, synced: 'no' })).toBe('it.synced is "no", not true or false');
    expect(flawOf({ ...sound, status: 'sleeping' })).toBe(
      'it.status is "sleeping", not active, done, error, stopped',
    );
    expect(flawOf({ ...sound, timers: 'none' })).toBe('it.timers is "none", not a list');
    expect(flawOf({ ...sound, timers: [{ id: 't' }] })).toContain('it.timers[0] is {"id":"t"}, not {');
    expect(flawOf({ ...sound, history: { h: 'on' } })).toContain('it.history is {"h":"on"}');
    expect(flawOf({ ...sound, order: [1] })).toContain('it.order is [1]');
    expect(flawOf({ ...sound, children: { a: { ...sound, children: { b: 5 } } } })).toBe(
      'it.children.a.children.b is 5, not an object',
    );
  });

  it('any one field that is missing is a flaw, those of charts apart', () => {
    for (const field of ['src', 'synced', 'status', 'children', 'timers'])
      expect(flawOf({ ...sound, [field]: undefined }), field).toContain(`it.${field} is undefined`);
    for (const field of ['id', 'event', 'delay', 'due', 'to', 'targeted'])
      expect(flawOf({ ...sound, timers: [{ ...sound.timers[0], [field]: undefined }] }), field).toContain(
        'it.timers[0]',
      );
  });
});
