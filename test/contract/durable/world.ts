import {
  createSystem,
  systemClock,
  type Clock,
  type Logger,
  type Store,
  type System,
  type SystemOptions,
  type Transport,
} from '../../../src/index.ts';
import { collect, type Collected } from '../../support/collect.ts';
import { tapOf, type Tap } from './tap.ts';

/** Where durable actors are kept and how their nodes reach each other; every node gets a handle and a connection of its own. */
export interface Ground extends AsyncDisposable {
  store(): Store;
  transport(): Transport;
}

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** One node of a stage. */
export interface Home {
  readonly system: System;
  readonly tap: Tap;
  readonly log: Collected<LogLine>;
  /** It goes without a goodbye: from now on it stores nothing and nobody hears of it. */
  crash(): Promise<void>;
}

/** A system nobody else is in, whose nodes come and go over the same records. */
export interface Stage extends AsyncDisposable {
  readonly name: string;
  open(options?: Partial<SystemOptions>): Promise<Home>;
}

export interface World {
  stage(): Stage;
}

let stages = 0;

/** The machine's clock, so many ms ahead: what is due within that time is due at once. */
export const later = (ms: number): Clock => ({ ...systemClock, now: () => systemClock.now() + ms });

export const createWorld = (ground: () => Ground): World => ({
  stage() {
    const name = `durable-${++stages}`;
    const homes: Home[] = [];
    return {
      name,
      async open(options = {}) {
        const home = await openHome(ground(), { name, ...options });
        homes.push(home);
        return home;
      },
      async [Symbol.asyncDispose]() {
        for (const { system, tap } of homes) {
          if (!tap.isSevered) await system.stop();
          await tap.close();
        }
      },
    };
  },
});

async function openHome(ground: Ground, options: Partial<SystemOptions>): Promise<Home> {
  const tap = tapOf(ground.store());
  const log = collect<LogLine>();
  const link = cuttable(ground.transport());
  const system = await createSystem({
    transport: link.transport,
    store: tap.store,
    log: loggerOf(log),
    ...options,
  });
  return {
    system,
    tap,
    log,
    async crash() {
      tap.sever();
      await link.cut();
    },
  };
}

function cuttable(transport: Transport) {
  const links: { close(): Promise<void>; gone: () => void }[] = [];
  const cut: Transport = {
    ...transport,
    async connect(options) {
      const link = await transport.connect(options);
      links.push({ close: async () => link.close(), gone: () => options.onClosed(undefined) });
      return link;
    },
  };
  return {
    transport: cut,
    async cut() {
      for (const each of links) {
        await each.close();
        each.gone();
      }
    },
  };
}

function loggerOf(log: Collected<LogLine>): Logger {
  const at =
    (level: LogLine['level']) =>
    (message: string, fields: LogLine['fields'] = {}): void =>
      log.add({ level, message, fields });
  return { debug: () => undefined, info: at('info'), warn: at('warn'), error: at('error') };
}
