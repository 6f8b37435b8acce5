import type { About } from '../../protocol.ts';
import { Chip } from '../parts/chip.tsx';
import type { Connection } from '../session.ts';
import type { ViewProps } from './views.ts';

const textOf = (connection: Connection, source: About['source'], now: number): string => {
  switch (connection.state) {
    case 'connecting':
      return 'connecting';
    case 'open':
      return source === 'design' ? 'following' : 'live';
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

/** Is what is shown still true? Said aloud when that changes, not with every second. */
export const ConnectionChip = ({ session }: ViewProps) => {
  const { state } = session.connection.value;
  const [tone, icon] = looks[state];
  return (
    <div class="connection">
      <Chip tone={tone} icon={icon}>
        <Text session={session} />
      </Chip>
      <span class="unseen" role="status">
        {state === 'lost' ? 'Connection lost' : state === 'open' ? 'Connected' : ''}
      </span>
    </div>
  );
};
