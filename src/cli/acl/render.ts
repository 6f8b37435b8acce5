import { inboxPrefixOf, type Grant, type Role } from './grant.ts';
import type { Stream } from './streams.ts';

/** What one role may do, and under which name it connects. */
export interface User {
  readonly role: Role;
  readonly user: string;
  /** Variable in the environment of nats-server that holds its password. */
  readonly password: string;
  /** What it passes to `nats({ inboxPrefix })`, and to `jetstream` as well. */
  readonly inboxPrefix: string;
  readonly permissions: {
    readonly publish: { readonly allow: readonly string[] };
    readonly subscribe: { readonly allow: readonly string[] };
  };
}

/** What `--json` prints. */
export interface Acl {
  readonly system: string;
  readonly users: readonly User[];
  /** What a provisioner makes. */
  readonly streams: readonly (Stream & { readonly replicas: number })[];
}

export const userOf = (system: string, role: Role, { publish, subscribe }: Grant): User => ({
  role,
  user: `${system}-${role}`,
  password: `$TROUPE_${`${system}_${role}`.toUpperCase().replaceAll('-', '_')}_PASSWORD`,
  inboxPrefix: inboxPrefixOf(system, role),
  permissions: { publish: { allow: publish }, subscribe: { allow: subscribe } },
});

/** An `authorization` block in nats-server's own language; passwords stay in the environment. */
export function renderAuthorization({ system, users, streams }: Acl): string {
  const made = streams.map(({ name, replicas }) => (replicas === 1 ? name : `${name} (R${replicas})`));
  return [
    `# Subjects that the system "${system}" uses; all others are denied.`,
    '# A user must connect with its inboxPrefix: nats({ user, pass, inboxPrefix }), and jetstream() the same way.',
    ...(made.length === 0 ? [] : [`# Streams: ${made.join(', ')}`]),
    'authorization {',
    '  users = [',
    ...users.flatMap(userLines),
    '  ]',
    '}',
  ].join('\n');
}

const userLines = ({ user, password, inboxPrefix, permissions }: User): readonly string[] => [
  '    {',
  `      # inboxPrefix: ${quote(inboxPrefix)}`,
  `      user: ${quote(user)}`,
  `      password: ${password}`,
  '      permissions: {',
  ...directionLines('publish', permissions.publish.allow),
  ...directionLines('subscribe', permissions.subscribe.allow),
  '      }',
  '    }',
];

const directionLines = (direction: string, subjects: readonly string[]): readonly string[] => [
  `        ${direction}: {`,
  '          allow: [',
  ...subjects.map((subject) => `            ${quote(subject)}`),
  '          ]',
  '        }',
];

const quote = (text: string): string => JSON.stringify(text);
