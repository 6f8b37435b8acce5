import { describe, expect, it } from 'vitest';
import type { Cell } from '../../src/actor/cell.ts';
import { Services } from '../../src/cluster/services.ts';

const cell = (name: string): Cell => ({ name }) as unknown as Cell;
const member = (node: string, services: Readonly<Record<string, number>>) => ({
  node,
  services,
  hosts: [],
  lastSeen: 0,
});

const picks = (services: Services, name: string, count: number): unknown[] =>
  Array.from({ length: count }, () => {
    const instance = services.pick(name);
    if (instance === undefined) return undefined;
    return 'node' in instance ? instance.node : instance.cell;
  });

describe('services', () => {
  it('gives every instance of every node its turn, interleaved', () => {
    const services = new Services('me');
    const [one, two] = [cell('one'), cell('two')];
    services.add('pay', one);
    services.add('pay', two);
    services.refresh([member('a', { pay: 1 }), member('z', { pay: 3, other: 1 })]);
    expect(picks(services, 'pay', 6)).toEqual(['a', one, 'z', two, 'z', 'z']);
    expect(picks(services, 'pay', 1)).toEqual(['a']);
  });

  it('knows nobody for a name that nobody serves, whatever objects inherit', () => {
    const services = new Services('me');
    services.refresh([member('a', { constructor: 1 }), member('b', { pay: 1 })]);
    expect(picks(services, 'toString', 1)).toEqual([undefined]);
    expect(picks(services, 'constructor', 2)).toEqual(['a', 'a']);
  });

  it('forgets an instance that ended', () => {
    const services = new Services('me');
    const one = cell('one');
    services.add('pay', one);
    services.remove('pay', one);
    services.refresh([]);
    expect([services.counts(), services.pick('pay'), services.pickHere('pay')]).toEqual([
      {},
      undefined,
      undefined,
    ]);
  });
});
