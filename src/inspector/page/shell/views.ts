import type { ComponentType } from 'preact';
import type { View } from '../selection.ts';
import type { Session } from '../session.ts';
import { ActorView } from '../views/actor/view.tsx';
import { BreakersView } from '../views/breakers/view.tsx';
import { MessagesView } from '../views/messages/view.tsx';
import { SystemView } from '../views/system/view.tsx';
import { TestsView } from '../views/tests/view.tsx';
import { TimelineView } from '../views/timeline/view.tsx';

export interface ViewProps {
  readonly session: Session;
}

/** The views in the order of their tabs and number keys. */
export const pages: readonly {
  readonly view: View;
  readonly title: string;
  readonly component: ComponentType<ViewProps>;
}[] = [
  { view: 'system', title: 'System', component: SystemView },
  { view: 'actor', title: 'Actor', component: ActorView },
  { view: 'timeline', title: 'Timeline', component: TimelineView },
  { view: 'messages', title: 'Messages', component: MessagesView },
  { view: 'breakers', title: 'Breakers', component: BreakersView },
  { view: 'tests', title: 'Tests', component: TestsView },
];
