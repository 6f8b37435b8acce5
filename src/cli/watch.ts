import type { Command } from 'commander';
import type { Ending } from '../actor/host.ts';
import type { View } from '../actor/logic.ts';
import { TroupeError } from '../errors.ts';
import type { System } from '../system.ts';
import { address, attach, attachable, everyone, type Attachment } from './attach.ts';
import { compact, fields } from '../message/json.ts';
import { interruption } from './interruption.ts';
import { print } from './show.ts';

interface Options extends Attachment {
  readonly events?: string;
}

const watch = async (to: string | undefined, options: Options, command: Command): Promise<void> => {
  const { events } = options;
  if (to !== undefined && events !== undefined) {
    command.error('error: name either the address of an actor or --events PATTERN', { exitCode: 2 });
  }
  const interrupted = interruption();
  await attach(options, async (system) => {
    if (events !== undefined) return watchEvents(system, events, options, interrupted);
    if (to === undefined) {
      const { watchAll } = await import('./watch/overall.ts');
      return watchAll(system, options, interrupted);
    }
    const ending = await watchActor(system, to, options, interrupted);
    if (ending !== undefined) process.exitCode = tellEnding(ending, options);
  });
};

async function watchEvents(
  system: System,
  pattern: string,
  { json }: Options,
  interrupted: Promise<undefined>,
): Promise<void> {
  system.subscribe(pattern, (event, { at, from, id }) => {
    const { type, ...rest } = event;
    if (json === true) print(compact({ at: new Date(at), id, from, event }));
    else print([time(new Date(at)), type, ...(from === undefined ? [] : [from]), fields(rest)].join('  '));
  });
  await interrupted;
}

/** @returns how the actor ended; undefined when the watching was interrupted before */
async function watchActor(
  system: System,
  to: string,
  options: Options,
  interrupted: Promise<undefined>,
): Promise<Ending | undefined> {
  const ref = system.ref(to);
  const watching = async (): Promise<Ending | undefined> => {
    const ended = new Promise<Ending>((resolve) => void ref.watch(resolve));
    const snapshots = ref.subscribe(teller(options));
    const ending = await Promise.race([ended, interrupted]);
    snapshots.unsubscribe();
    return ending;
  };
  const ending = await watching();
  if (ending?.reason !== 'no-such-actor') return ending;
  refuseService(system, to);
  await everyone();
  const again = await watching();
  if (again?.reason !== 'no-such-actor') return again;
  refuseService(system, to);
  throw new TroupeError('NO_SUCH_ACTOR', `There is no actor "${to}": troupe ps lists those there are.`);
}

function refuseService(system: System, to: string): void {
  const member = system.members().find(({ services }) => Object.hasOwn(services, to));
  if (member === undefined) return;
  const example = `${to}/1@${member.node}`;
  throw new TroupeError(
    'NO_SUCH_ACTOR',
    `"${to}" is a service, not one actor: watch an instance such as "${example}" (troupe ps lists them).`,
  );
}

/** Prints each snapshot with what has changed in its context since the one before. */
function teller({ json }: Options): (view: View) => void {
  let before: Readonly<Record<string, unknown>> = {};
  return ({ status, value, context }) => {
    const now = (context ?? {}) as Readonly<Record<string, unknown>>;
    const changed = Object.keys({ ...before, ...now }).filter(
      (key) => compact(before[key]) !== compact(now[key]),
    );
    before = now;
    const at = new Date();
    if (json === true) return print(compact({ at, status, state: value, changed, context }));
    const state = typeof value === 'string' ? value : compact(value ?? status);
    const shown = fields(Object.fromEntries(changed.map((key) => [key, now[key]])));
    print([time(at), state, shown].join('  ').trimEnd());
  };
}

/** @returns the exit code: an actor that is done or was stopped has ended well */
function tellEnding({ reason, output, error }: Ending, { json }: Options): number {
  const at = new Date();
  const details = { ...(output === undefined ? {} : { output }), ...(error === undefined ? {} : { error }) };
  if (json === true) print(compact({ at, ended: reason, ...details }));
  else print([time(at), `ended: ${reason}`, fields(details)].join('  ').trimEnd());
  return reason === 'done' || reason === 'stopped' ? 0 : 1;
}

const time = (at: Date): string =>
  `${at.toTimeString().slice(0, 8)}.${String(at.getMilliseconds()).padStart(3, '0')}`;

/** `troupe watch`: the whole system, an actor's snapshots until it ends, or the events of the bus. */
export function register(program: Command): void {
  attachable(
    program
      .command('watch')
      .description(
        'show what the whole system does, or each snapshot of an actor until it ends, or the events of the bus',
      )
      .argument('[address]', 'address of an actor: id, or id@node (default: the whole system)', address)
      .option('--events <pattern>', 'bus events instead: order.created, order.*, order.>, >'),
  )
    .option('--json', 'print one JSON object per line')
    .action(watch);
}
