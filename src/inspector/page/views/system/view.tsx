import './system.css';
import { Panel } from '../../parts/chip.tsx';
import type { ViewProps } from '../../shell/views.ts';
import { Alerts } from './alerts.tsx';
import { ActorTable } from './actor-table.tsx';
import { FlowMatrix } from './flow.tsx';
import { Kinds } from './kinds.tsx';
import { Nodes } from './nodes.tsx';
import { RatesPanel } from './rates.tsx';

/** The home of the page: is all well, where is the work, who is there. */
export const SystemView = ({ session }: ViewProps) => {
  const { source } = session.about.value;
  const isDesign = source === 'design';
  return (
    <div class={`system ${isDesign ? 'plain' : ''}`}>
      <h1 class="unseen">System {session.about.value.name}</h1>
      {isDesign ? null : <Nodes session={session} />}
      <div class="left">
        <Kinds session={session} />
      </div>
      <div class="middle">
        <Panel title={isDesign ? 'Machines' : 'Actors'}>
          <ActorTable session={session} />
        </Panel>
      </div>
      {isDesign ? null : (
        <div class="right">
          <Alerts session={session} />
          <RatesPanel session={session} />
        </div>
      )}
      {isDesign ? null : <FlowMatrix session={session} />}
    </div>
  );
};
