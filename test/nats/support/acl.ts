import { connect, Events, type NatsConnection } from 'nats';
import { createSystem, type Limits, type System } from 'troupe';
import { nats, type NatsOptions } from 'troupe/nats';
import { expect } from 'vitest';
import type { Acl } from '../../../src/cli/acl/render.ts';
import type { Server } from '../../../src/cli/nats-server/server.ts';
import { natsServer } from '../../support/server.ts';
import { run } from './command.ts';
import type { LogBook } from './secrets.ts';

/** A server that runs with exactly what `troupe acl` prints, and the papers of its users. */
export interface Walled extends AsyncDisposable {
  readonly server: Server;
  readonly acl: Acl;
  papers(role: string): NatsOptions;
  join(role: string, name: string, book: LogBook, limits?: Partial<Limits>): Promise<System>;
}

export async function walled(system: string, ...args: readonly string[]): Promise<Walled> {
  const [config, json] = await Promise.all([
    run('src/cli/main.ts', ['acl', system, ...args]).finished,
    run('src/cli/main.ts', ['acl', system, ...args, '--json']).finished,
  ]);
  expect([config.code, config.err, json.code, json.err]).toEqual([0, '', 0, '']);
  const acl = JSON.parse(json.out.join('\n')) as Acl;
  const variables = acl.users.map(({ password }) => password.slice(1));
  for (const variable of variables) process.env[variable] = `pw-of-${variable}`;
  const server = await natsServer({ config: config.out.join('\n') });
  const papers = (role: string): NatsOptions => {
    const { user, password, inboxPrefix } = acl.users.find((each) => each.role === role)!;
    return { servers: server.url, user, pass: `pw-of-${password.slice(1)}`, inboxPrefix };
  };
  return {
    server,
    acl,
    papers,
    join: async (role, name, { log }, limits = {}) =>
      createSystem({ name, node: role, transport: nats(papers(role)), log, limits }),
    async [Symbol.asyncDispose]() {
      for (const variable of variables) Reflect.deleteProperty(process.env, variable);
      await server.stop();
    },
  };
}

/** What a user is denied of what it tries: `publish to "…"`, in order. */
export async function denials(
  options: NatsOptions,
  attempt: (connection: NatsConnection) => void,
): Promise<readonly string[]> {
  const connection = await connect(options);
  const found: string[] = [];
  void (async () => {
    for await (const { type, permissionContext: context } of connection.status()) {
      if (type === Events.Error && context !== undefined)
        found.push(`${context.operation} ${context.subject}`);
    }
  })();
  attempt(connection);
  // The server answers in order: with the answer to this, every denial is there.
  await connection.flush();
  await new Promise(setImmediate);
  await connection.close();
  return found;
}
