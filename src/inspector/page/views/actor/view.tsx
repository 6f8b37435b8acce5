import './actor.css';
import { useEffect, useMemo } from 'preact/hooks';
import { Note, Panel } from '../../parts/chip.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import type { ViewProps } from '../../shell/views.ts';
import { ActorTable } from '../system/actor-table.tsx';
import { ChartPanel } from './chart-panel.tsx';
import { ContextTab } from './context.tsx';
import { DefinitionTab, ProblemsTab } from './definition.tsx';
import { EventsTab } from './events.tsx';
import { ActorHeader } from './header.tsx';
import { usePicture } from './picture.ts';
import { RelativesTab } from './relatives.tsx';
import { Scrubber } from './scrubber.tsx';
import { SendTab } from './send.tsx';
import { closedOf, type ActorParts } from './parts.ts';
import { Subject } from './subject.ts';
import { follow } from '../../parts/follow.ts';

/** One actor: its chart and where it stands on it, what it knows, what it was told, what it can be told. */
export const ActorView = ({ session }: ViewProps) => {
  const { address } = session.selection.value;
  if (address === undefined)
    return (
      <Panel title={<span>Choose an actor</span>}>
        <ActorTable session={session} />
      </Panel>
    );
  return <ActorPage key={`${address} ${session.generation.value}`} session={session} address={address} />;
};

const tabsOf = (isDesign: boolean) =>
  isDesign
    ? ([
        { name: 'problems', title: 'Problems' },
        { name: 'definition', title: 'Definition' },
      ] as const)
    : ([
        { name: 'context', title: 'Context' },
        { name: 'events', title: 'Events' },
        { name: 'send', title: 'Send' },
        { name: 'relatives', title: 'Children' },
        { name: 'problems', title: 'Problems' },
        { name: 'definition', title: 'Definition' },
      ] as const);

const ActorPage = ({ session, address }: ViewProps & { readonly address: string }) => {
  const subject = useMemo(() => new Subject(session, address), []);
  useEffect(() => subject.start(), []);
  follow(session.version);
  const { moment, options } = session.selection.value;
  const detail = subject.detail.value;
  const seen = session.journal.actors.get(address);
  const sight = subject.sight(moment);
  const collapsed = closedOf(session);
  const direction = options?.direction === 'right' ? 'right' : 'down';
  const chart = detail?.chart ?? seen?.entry?.chart;
  const picture = usePicture(session, chart, { direction, collapsed });
  const isDesign = session.about.value.source === 'design';
  const tabs = tabsOf(isDesign);
  const tab = tabs.find(({ name }) => name === options?.tab)?.name ?? tabs[0].name;
  const parts: ActorParts = {
    session,
    subject,
    detail,
    sight,
    picture,
    ask: chart === undefined ? undefined : [chart, direction, collapsed],
  };
  return (
    <div class="actor">
      <div class="identity">
        <ActorHeader {...parts} address={address} />
        {subject.error.value === undefined ? null : (
          <Note tone="warn">
            {subject.error.value}
            {seen?.ended === undefined ? '' : ` It ended: ${seen.ended}.`}
            {sight === undefined ? '' : ' What is shown is the last that was told of it.'}
          </Note>
        )}
      </div>
      <ChartPanel {...parts} />
      <section class="panel side" aria-label="About the actor">
        <Tabs
          label="About the actor"
          tabs={[...tabs]}
          selected={tab}
          onSelect={(name) => session.select({ options: { tab: name } }, 'replace')}
        >
          <div class="body">
            {tab === 'context' ? <ContextTab {...parts} /> : null}
            {tab === 'events' ? <EventsTab {...parts} /> : null}
            {tab === 'send' ? <SendTab {...parts} /> : null}
            {tab === 'relatives' ? <RelativesTab {...parts} /> : null}
            {tab === 'problems' ? <ProblemsTab {...parts} /> : null}
            {tab === 'definition' ? <DefinitionTab {...parts} /> : null}
          </div>
        </Tabs>
      </section>
      {isDesign ? null : <Scrubber {...parts} />}
    </div>
  );
};
