import type { ActorDetail, ChartPicture } from '../../../protocol.ts';
import type { Client } from '../../client.ts';
import type { Session } from '../../session.ts';
import type { Sight, Subject } from './subject.ts';

/** What every part of the view is given. */
export interface ActorParts {
  readonly session: Session;
  readonly subject: Subject;
  readonly detail: ActorDetail | undefined;
  readonly sight: Sight | undefined;
  /** undefined: not there yet, or the actor has no chart */
  readonly picture: ChartPicture | undefined;
  /** What the picture was asked for with. */
  readonly ask: Parameters<Client['chart']> | undefined;
}

/** States of the chart whose content is not to be drawn, as the URL says. */
export function closedOf(session: Session): readonly string[] {
  const { closed = '' } = session.selection.value.options ?? {};
  return closed === '' ? [] : closed.split('|');
}
