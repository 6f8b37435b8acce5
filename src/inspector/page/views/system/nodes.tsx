import type { MetricsEntry } from '../../../../monitoring/entry.ts';
import type { NodeRow } from '../../../protocol.ts';
import { filterText } from '../../model/filter.ts';
import { latestOf } from '../../model/rates.ts';
import { Chip } from '../../parts/chip.tsx';
import { agoText, amountText, numberText, percentText } from '../../parts/words.ts';
import type { ViewProps } from '../../shell/views.ts';
import { follow } from '../../parts/follow.ts';

const MOST = 60;

const Heartbeat = ({ session, row }: ViewProps & { readonly row: NodeRow }) => (
  <>
    {agoText(
      row.lastSeen,
      session.about.value.source === 'live' ? session.now.value : (session.overview.value?.time ?? 0),
    )}
  </>
);

const Fact = ({ name, children }: { readonly name: string; readonly children: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

const Measured = ({ metrics: { handled, period, lag, heap } }: { readonly metrics: MetricsEntry }) => (
  <>
    <Fact name="handled">{`${amountText((handled * 1_000) / Math.max(1, period))}/s`}</Fact>
    <Fact name="loop lag">{`${amountText(lag)} ms`}</Fact>
    <Fact name="heap">{`${amountText(heap / 1e6)} MB`}</Fact>
  </>
);

const Health = ({ row: { isDown, isSilent } }: { readonly row: NodeRow }) => {
  const [tone, icon, text] = isDown
    ? (['bad', '✗', 'down'] as const)
    : isSilent
      ? (['warn', '◌', 'silent'] as const)
      : (['ok', '●', 'up'] as const);
  return (
    <Chip tone={tone} icon={icon}>
      {text}
    </Chip>
  );
};

const Node = ({
  session,
  row,
  metrics,
}: ViewProps & { readonly row: NodeRow; readonly metrics: MetricsEntry | undefined }) => {
  const dropped = session.journal.dropped.byNode.get(row.node);
  const services = Object.entries(row.services);
  return (
    <li class="node" data-down={row.isDown}>
      <div class="row">
        <button
          type="button"
          class="bare cut"
          title={`Show the actors of ${row.node}`}
          onClick={() => session.select({ options: { filter: filterText({ node: row.node }) } })}
        >
          <strong>{row.node}</strong>
        </button>
        <Health row={row} />
      </div>
      <dl>
        <div>
          <dt>heard</dt>
          <dd>
            <Heartbeat session={session} row={row} />
          </dd>
        </div>
        <Fact name="actors">{numberText(row.actors)}</Fact>
        {metrics === undefined || row.isDown || row.isSilent ? null : <Measured metrics={metrics} />}
        <Fact name="available">{percentText(row.availability)}</Fact>
        {dropped === undefined || dropped.lines === 0 ? null : (
          <Fact name="left out">{numberText(dropped.lines)}</Fact>
        )}
      </dl>
      <p
        class="soft cut"
        title={[...services.map(([name, count]) => `${name} ×${count}`), ...row.hosts].join(', ')}
      >
        {services.map(([name, count]) => `${name}${count === 1 ? '' : ` ×${count}`}`).join(', ')}
        {row.hosts.length === 0 ? '' : `${services.length === 0 ? '' : ' · '}hosts ${row.hosts.join(', ')}`}
      </p>
    </li>
  );
};

/** The processes of the system: who is heard, and what each does. */
export const Nodes = ({ session }: ViewProps) => {
  follow(session.version);
  const nodes = session.overview.value?.nodes ?? [];
  if (nodes.length === 0) return null;
  const latest = latestOf(session.journal.metrics);
  return (
    <section class="nodes" aria-label="Nodes">
      <h2 class="unseen">Nodes</h2>
      <ul>
        {nodes.slice(0, MOST).map((row) => (
          <Node key={row.node} session={session} row={row} metrics={latest.get(row.node)} />
        ))}
      </ul>
      {nodes.length > MOST ? <p class="soft">{`and ${nodes.length - MOST} more`}</p> : null}
    </section>
  );
};
