import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { checkName } from '../message/address.ts';
import { compact } from '../message/json.ts';
import { grantOf, type Role, roles } from './acl/grant.ts';
import { type Acl, renderAuthorization, userOf } from './acl/render.ts';
import { streamsOf } from './acl/streams.ts';
import { print } from './show.ts';

interface Options {
  readonly role?: Role;
  readonly durable?: boolean;
  readonly queues: readonly string[];
  readonly replicas: string;
  readonly json?: boolean;
}

const acl = (system: string, options: Options, command: Command): void => {
  const scope = {
    system,
    durable: options.durable === true || options.queues.length > 0,
    queues: options.queues,
  };
  const replicas = Number(options.replicas);
  const streams = streamsOf(scope).map(({ name, subject }) => ({ name, subject, replicas }));
  if (options.role === 'provision' && streams.length === 0) {
    command.error('error: there is nothing to provision without --durable or --queues', { exitCode: 2 });
  }
  const wanted = options.role === undefined ? roles : [options.role];
  const chosen = wanted.filter((role) => role !== 'provision' || streams.length > 0);
  const found: Acl = {
    system,
    users: chosen.map((role) => userOf(system, role, grantOf(role, scope))),
    streams,
  };
  print(options.json === true ? compact(found) : renderAuthorization(found));
};

/** A name that stands in subjects as it is; a wrong one is a usage error. */
const name = (what: string) => (text: string) => {
  try {
    return checkName(text, what);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
};

const names = (text: string): readonly string[] => text.split(',').map(name('queue name'));

/** `troupe acl`: the least NATS permissions of a system's users, as configuration of nats-server. */
export function register(program: Command): void {
  program
    .command('acl')
    .description('print the NATS permissions that a system needs, and no more, as nats-server configuration')
    .addArgument(new Argument('<system>', 'name of the system').argParser(name('system name')))
    .addOption(new Option('--role <role>', 'only this user (default: all)').choices(roles))
    .option('--durable', 'with durable actors: the streams of jetstream()')
    .option('--queues <names>', 'with these work queues, separated by commas; includes --durable', names, [])
    .addOption(
      new Option('--replicas <count>', 'copies of each stream, as given to jetstream()')
        .choices(['1', '3', '5'])
        .default('1'),
    )
    .option('--json', 'print {"system":…,"users":[…],"streams":[…]} on one line')
    .action(acl);
}
