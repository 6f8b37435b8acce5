import type { KindRow } from '../../../protocol.ts';
import { filterText } from '../../model/filter.ts';
import { kindRatesOf, latestOf, type KindRates } from '../../model/rates.ts';
import { Bar, colourOf } from '../../parts/bar.tsx';
import { Panel } from '../../parts/chip.tsx';
import { amountText, cut, numberText, stateName } from '../../parts/words.ts';
import type { ViewProps } from '../../shell/views.ts';
import { follow } from '../../parts/follow.ts';

const STATES = 8;
const KINDS = 50;

const ratesText = ({ handled, failed, p50, p99 }: KindRates): string =>
  [
    `${amountText(handled)}/s`,
    ...(p50 === undefined ? [] : [`p50 ${amountText(p50)} ms`]),
    ...(p99 === undefined ? [] : [`p99 ${amountText(p99)} ms`]),
    ...(failed === 0 ? [] : [`${amountText(failed)} failed/s`]),
  ].join(' · ');

const Kind = ({
  session,
  row,
  rates,
}: ViewProps & { readonly row: KindRow; readonly rates: KindRates | undefined }) => {
  const show = (state?: string) => () =>
    session.select({
      options: { filter: filterText({ kind: row.kind, ...(state === undefined ? {} : { state }) }) },
    });
  const states = Object.entries(row.states).sort(([a, x], [b, y]) => y - x || a.localeCompare(b));
  return (
    <li>
      <div class="row between">
        <button type="button" class="bare cut" onClick={show()} title={`Show all ${row.kind}`}>
          <strong>{row.kind}</strong>
        </button>
        <span>{numberText(row.actors)}</span>
      </div>
      <Bar parts={states.map(([name, count]) => ({ name, count, title: stateName(name) }))} />
      <ul class="states">
        {states.slice(0, STATES).map(([state, count]) => (
          <li key={state}>
            <button
              type="button"
              class="bare"
              onClick={show(state)}
              title={`Show ${row.kind} in ${cut(state, 300)}`}
            >
              <span class={`swatch ${colourOf(state)}`} aria-hidden="true" />
              <span class="cut">{cut(stateName(state), 60)}</span>{' '}
              <span class="soft">{numberText(count)}</span>
            </button>
          </li>
        ))}
        {states.length > STATES ? <li class="soft">{`and ${states.length - STATES} more`}</li> : null}
      </ul>
      {rates === undefined ? null : <p class="soft">{ratesText(rates)}</p>}
    </li>
  );
};

/** How many actors of each kind are in which state; a click shows them in the table. */
export const Kinds = ({ session }: ViewProps) => {
  follow(session.version);
  const kinds = session.overview.value?.kinds ?? [];
  const rates = kindRatesOf(latestOf(session.journal.metrics));
  return (
    <Panel title="Kinds" end={<span class="soft">{kinds.length}</span>}>
      {kinds.length === 0 ? (
        <p class="nothing">Nobody is there yet.</p>
      ) : (
        <ul class="kinds">
          {kinds.slice(0, KINDS).map((row) => (
            <Kind key={row.kind} session={session} row={row} rates={rates.get(row.kind)} />
          ))}
          {kinds.length > KINDS ? <li class="soft">{`and ${kinds.length - KINDS} more`}</li> : null}
        </ul>
      )}
    </Panel>
  );
};
