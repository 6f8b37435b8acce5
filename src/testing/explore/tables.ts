import { Role } from '../model/participant.ts';
import type { NetworkKind, System } from '../model/spec.ts';
import { Environments } from './environments.ts';
import { Histories } from './histories.ts';
import { Locals } from './locals.ts';
import { Messages } from './messages.ts';
import { Networks } from './networks.ts';
import type { Progress } from './progress.ts';
import { Steps } from './step.ts';

/** Everything a state consists of, each kind of thing numbered in a table of its own. */
export interface Tables {
  readonly system: System;
  readonly kind: NetworkKind;
  readonly progress: Progress;
  readonly roles: readonly Role[];
  readonly messages: Messages;
  readonly networks: Networks;
  readonly locals: Locals;
  readonly histories: Histories;
  readonly environments: Environments;
  readonly steps: Steps;
}

export function tablesOf(system: System): Tables {
  const progress: Progress = { states: 0, interned: 0, longest: 0 };
  const names = Object.keys(system.actors);
  const roles = Object.entries(system.actors).map(([name, spec]) => new Role(name, spec));
  const kind = system.network ?? 'ordered';
  const messages = new Messages(new Map(names.map((name, slot) => [name, slot])), progress);
  return {
    system,
    kind,
    progress,
    roles,
    messages,
    networks: new Networks(kind, messages, progress),
    locals: new Locals(roles, progress),
    histories: new Histories(system.history, progress),
    environments: new Environments(system, progress),
    steps: new Steps(),
  };
}
