import { Panel } from '../../parts/chip.tsx';
import { ageText, timeText } from '../../parts/words.ts';
import { toHash } from '../../selection.ts';
import type { ViewProps } from '../../shell/views.ts';

const MOST = 50;

/** Of what is over, when it was; a property fails in the whole run. */
const Age = ({ session, since }: ViewProps & { readonly since: number }) => {
  const isLive = session.about.value.source === 'live';
  return (
    <span class="soft">
      {isLive ? ageText(since, session.now.value) : since === 0 ? '' : timeText(since)}
    </span>
  );
};

/** What somebody should look at. New ones are said aloud. */
export const Alerts = ({ session }: ViewProps) => {
  const alerts = session.overview.value?.alerts ?? [];
  return (
    <Panel
      title="Alerts"
      end={<span class={alerts.length === 0 ? 'soft' : 'tone-bad'}>{alerts.length}</span>}
    >
      {alerts.length === 0 ? <p class="nothing">Nothing to worry about.</p> : null}
      <div role="log" aria-label="Alerts">
        <ul class="alerts">
          {alerts.slice(0, MOST).map(({ severity, text, address, since }) => (
            <li key={text} data-severity={severity}>
              <span class={severity === 'error' ? 'tone-bad' : 'tone-warn'}>
                <span aria-hidden="true">{severity === 'error' ? '✗' : '▲'}</span>
                <span class="unseen">{severity}: </span>
              </span>
              <span class="wrap">
                {address === undefined ? text : <a href={toHash({ view: 'actor', address })}>{text}</a>}
              </span>
              <span aria-live="off">
                <Age session={session} since={since} />
              </span>
            </li>
          ))}
        </ul>
      </div>
    </Panel>
  );
};
