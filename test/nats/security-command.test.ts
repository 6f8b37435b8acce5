import { describe, expect, it } from 'vitest';
import { namesOf } from '../../src/durable/jetstream/names.ts';
import type { Acl } from '../../src/cli/acl/render.ts';
import { run, type Finished } from './support/command.ts';

const acl = (...args: readonly string[]): Promise<Finished> =>
  run('src/cli/main.ts', ['acl', ...args]).finished;

const parsed = async (...args: readonly string[]): Promise<Acl> => {
  const { code, err, out } = await acl(...args, '--json');
  expect([code, err, out.length]).toEqual([0, '', 1]);
  return JSON.parse(out[0] ?? '') as Acl;
};

describe('troupe acl', () => {
  it('without durable actors names core subjects only, and no JetStream', async () => {
    const { users, streams } = await parsed('shop');
    expect(users.map(({ role, user, password, inboxPrefix }) => [role, user, password, inboxPrefix])).toEqual(
      [
        ['node', 'shop-node', '$TROUPE_SHOP_NODE_PASSWORD', '_INBOX_shop.node'],
        ['inspect', 'shop-inspect', '$TROUPE_SHOP_INSPECT_PASSWORD', '_INBOX_shop.inspect'],
      ],
    );
    expect(users[0]?.permissions).toEqual({
      publish: { allow: ['shop.c', 'shop.n.*', 'shop.e.>'] },
      subscribe: { allow: ['shop.c', 'shop.n.*', 'shop.e.>', '_INBOX_shop.node.>'] },
    });
    expect(streams).toEqual([]);
  });

  it('gives stream administration to the provisioner alone', async () => {
    const { users, streams } = await parsed('shop', '--durable', '--replicas', '3');
    const { actors, wakes, everyActor, everyWake } = namesOf('shop');
    expect(streams).toEqual([
      { name: actors, subject: everyActor, replicas: 3 },
      { name: wakes, subject: everyWake, replicas: 3 },
    ]);
    const creators = users.filter(({ permissions: { publish } }) =>
      publish.allow.some((subject) => subject.startsWith('$JS.API.STREAM.CREATE.')),
    );
    expect(creators.map(({ role }) => role)).toEqual(['provision']);
    for (const { permissions } of users) {
      const api = permissions.publish.allow.filter((subject) => subject.startsWith('$JS.'));
      // Each names its stream: a wildcard may only stand for a consumer.
      for (const subject of api) expect(subject).toMatch(/\.TROUPE_shop(_WAKES)?(\.\*)?$/);
    }
  });

  it('with queues covers their streams, the dead letters and the durable actors', async () => {
    const { streams, users } = await parsed('shop', '--queues', 'mails,bills', '--role', 'provision');
    expect(streams.map(({ name, subject }) => [name, subject])).toEqual([
      ['TROUPE_shop', 'shop.a.>'],
      ['TROUPE_shop_WAKES', 'shop.w.>'],
      ['TROUPE_shop_QUEUE_mails', 'shop.q.mails.>'],
      ['TROUPE_shop_QUEUE_bills', 'shop.q.bills.>'],
      ['TROUPE_shop_DEAD', 'shop.d.>'],
    ]);
    const created = users[0]?.permissions.publish.allow.filter((subject) => subject.includes('.CREATE.'));
    expect(created).toEqual(streams.map(({ name }) => `$JS.API.STREAM.CREATE.${name}`));
  });

  it('prints one role, with names that may stand in the environment', async () => {
    const { users } = await parsed('a-b_C9', '--role', 'inspect');
    expect(users.map(({ password }) => password)).toEqual(['$TROUPE_A_B_C9_INSPECT_PASSWORD']);
  });

  it.each([
    [[], /missing required argument 'system'/],
    [['sh.op'], /"sh\.op" must be 1 to 64 characters/],
    [[''], /"" must be 1 to 64 characters/],
    [['shop>'], /"shop>" must be/],
    [['shop', 'bank'], /too many arguments/],
    [['shop', '--role', 'god'], /'god' is invalid.*node, inspect, provision/],
    [['shop', '--role', 'provision'], /nothing to provision without --durable or --queues/],
    [['shop', '--durable', '--replicas', '2'], /'2' is invalid.*1, 3, 5/],
    [['shop', '--queues', 'mails,'], /queue name "" must be/],
    [['shop', '--queues', 'mails,or.ders'], /queue name "or\.ders" must be/],
    [['shop', '--colour'], /unknown option '--colour'/],
  ])('refuses %j in one line, exit 2', async (args, reason) => {
    const { code, out, err } = await acl(...args);
    expect([code, out]).toEqual([2, []]);
    expect(err).toMatch(reason);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });
});
