import type { About } from '../../protocol.ts';
import { Chip } from '../parts/chip.tsx';
import type { Connection } from '../session.ts';
import type { ViewProps } from './views.ts';

const textOf = (connection: Connection, source: About['source'], now: number): string => {
  switch (connection.state) {
    case 'connecting':
      return 'connecting';
    case 'open': {
      const { nodes = 0, told = 0, cutSince } = connection.reach ?? {};
      if (cutSince !== undefined) return 'cut off';
      return source === 'design' ? 'following' : told === nodes ? 'live' : `${told} of ${nodes} nodes`;
    }
    case 'ended':
      return 'all read';
    case 'refused':
      return 'refused';
    case 'lost': {
      const seconds = Math.ceil((connection.retryAt - now) / 1_000);
      return seconds > 0 ? `lost, again in ${seconds} s` : 'lost, trying again';
    }
  }
};

const looks = {
  connecting: ['plain', '○'],
  open: ['ok', '●'],
  ended: ['plain', '■'],
  lost: ['bad', '▲'],
  refused: ['bad', '✗'],
} as const;

const Text = ({ session }: ViewProps) => {
  const connection = session.connection.value;
  // The clock is read only while there is something to count.
  return (
    <>{textOf(connection, session.about.value.source, connection.state === 'lost' ? session.now.value : 0)}</>
  );
};

const whys: Readonly<Record<string, string>> = {
  '': 'is asked',
  TIMEOUT: 'does not answer',
  DISCONNECTED: 'cannot be reached',
  NOT_AVAILABLE: 'is not to be looked at',
  OVERLOADED: 'is looked at by as many as may',
};

/** Nodes that do not tell, and why; undefined: all do. */
function missingOf(connection: Connection): string | undefined {
  const { missing = [] } = connection.state === 'open' ? (connection.reach ?? {}) : {};
  if (missing.length === 0) return undefined;
  return `Not told of: ${missing.map(({ node, why }) => `${node} (${whys[why] ?? why})`).join(', ')}`;
}

/** Is what is shown still true, and whole? Said aloud when that changes, not with every second. */
export const ConnectionChip = ({ session }: ViewProps) => {
  const connection = session.connection.value;
  const { state } = connection;
  const missing = missingOf(connection);
  const isCut = connection.state === 'open' && connection.reach?.cutSince !== undefined;
  const [tone, icon] = isCut
    ? (['bad', '▲'] as const)
    : missing === undefined
      ? looks[state]
      : (['warn', '◐'] as const);
  return (
    <div class="connection">
      <Chip tone={tone} icon={icon} title={missing}>
        <Text session={session} />
      </Chip>
      <span class="unseen" role="status">
        {state === 'lost' || isCut ? 'Connection lost' : state === 'open' ? (missing ?? 'Connected') : ''}
      </span>
    </div>
  );
};
