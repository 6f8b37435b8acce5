import { counted } from '../../../counted.ts';
import type { ComponentChildren } from 'preact';
import { Note } from '../parts/chip.tsx';
import { CopyButton } from '../parts/copy.tsx';
import { ageText, numberText, shareText } from '../parts/words.ts';
import { KEPT } from '../journal.ts';
import type { ViewProps } from './views.ts';
import { follow } from '../parts/follow.ts';

const FLAWS = 5;

const Since = ({ session, time }: ViewProps & { readonly time: number }) => (
  <>{ageText(time, session.now.value)}</>
);

const Lost = ({ session }: ViewProps) => {
  const connection = session.connection.value;
  if (connection.state === 'refused')
    return (
      <Note tone="bad">
        {connection.why} Open the URL that <code>troupe inspect</code> printed: it carries the token.
      </Note>
    );
  const cutSince = connection.state === 'open' ? connection.reach?.cutSince : undefined;
  if (cutSince !== undefined)
    return (
      <Note tone="bad">
        The inspector has had no connection to the system for <Since session={session} time={cutSince} />.
        What you see is the last that was told; it goes on by itself when the connection is back.
      </Note>
    );
  if (connection.state !== 'lost') return null;
  return (
    <Note tone="warn">
      {connection.why} What you see is the last that was told; the page tries again by itself.
    </Note>
  );
};

/** Nobody may take a sample for the whole. */
const Sampled = ({ session }: ViewProps) => {
  follow(session.version);
  const { dropped, forgotten } = session.journal;
  const sampling = Math.min(dropped.sampling, session.about.value.sampling);
  const said: ComponentChildren[] = [];
  if (sampling === 1 && dropped.lines > 0)
    said.push(`All events are shown now; ${counted(dropped.lines, 'was', 'were')} left out before.`);
  if (sampling < 1)
    said.push(`Showing ${shareText(sampling)} of events (sampled), ${numberText(dropped.lines)} left out.`);
  if (forgotten > 0)
    said.push(
      ` The last ${numberText(KEPT)} entries are kept; ${counted(forgotten, 'older one is', 'older ones are')} gone.`,
    );
  return said.length === 0 ? null : <Note icon="◔">{said}</Note>;
};

const Flaws = ({ session }: ViewProps) => {
  const { flaws } = session.about.value;
  if (flaws.length === 0) return null;
  return (
    <Note tone="warn">
      <details open={flaws.length <= FLAWS}>
        <summary>
          {flaws.length === 1 ? 'Something could not be read' : `${flaws.length} things could not be read`}
        </summary>
        <ul>
          {flaws.slice(0, 100).map((flaw) => (
            <li key={flaw}>{flaw}</li>
          ))}
        </ul>
      </details>
    </Note>
  );
};

const Property = ({ session }: ViewProps) => {
  const { property, replay, loop } = session.about.value;
  if (property === undefined) return null;
  return (
    <Note tone="bad">
      This run breaks <strong>{property}</strong>
      {loop === undefined ? '.' : `; from step ${loop} on it can repeat for ever.`}
      {replay === undefined ? null : (
        <span class="row">
          <code>{replay}</code> <CopyButton text={replay} />
        </span>
      )}
    </Note>
  );
};

/** What must not be overlooked, above every view. */
export const Banners = ({ session }: ViewProps) => (
  <div class="banners" role="region" aria-label="Notices">
    <Lost session={session} />
    <Property session={session} />
    <Flaws session={session} />
    <Sampled session={session} />
  </div>
);
