/**
 * A participant of the choreography: it hears events, does its part for each, and emits what became of it as the next
 * event. It calls nobody and nobody calls it.
 *
 * | event                  | does                                                                                |
 * |------------------------|-------------------------------------------------------------------------------------|
 * | any of those it hears  | spawns `react` with the event, unless that very job is under way already            |
 * | a job is done          | emits the event that the job returned                                               |
 * | a job fails            | says nothing: whoever waits for the event emits its wish again (order.ts)           |
 *
 * It keeps no state but the jobs under way, so it may die at any time. Jobs are named by their slot (`job.0` …), because
 * XState remembers every event type it has seen, and `xstate.done.actor.<job>` is one.
 */
import { emit, fromPromise, setup, type DoneActorEvent, type ErrorActorEvent } from 'xstate';
import type { ShopEvent, ShopEventType } from '../events.ts';
import { typed } from './typed.ts';

type JobId = `job.${number}`;
type Settled = DoneActorEvent<ShopEvent, JobId> | ErrorActorEvent<unknown, JobId>;

export type ParticipantContext = {
  /** What each job under way is about. */
  readonly jobs: Readonly<Record<string, string>>;
};

export type ParticipantEmitted = ShopEvent | { readonly type: 'service.ready'; readonly service: string };

const about = ({ type, ticket }: ShopEvent): string => `${type} ${ticket.run}/${ticket.order.id}`;

const freeSlot = (jobs: ParticipantContext['jobs']): JobId => {
  let slot = 0;
  while (`job.${slot}` in jobs) slot += 1;
  return `job.${slot}`;
};

const isSettled = (event: ShopEvent | Settled): event is Settled => 'actorId' in event;

const base = setup({
  types: typed<{
    context: ParticipantContext;
    events: ShopEvent | Settled;
    emitted: ParticipantEmitted;
  }>(),
  actors: {
    react: fromPromise<ShopEvent, ShopEvent>(() =>
      Promise.reject(new Error("The actor 'react' has no implementation; give one with machine.provide().")),
    ),
  },
  actions: {
    announce: emit((_, params: { service: string }) => ({ type: 'service.ready', service: params.service })),
  },
  guards: {
    isUnderWay: ({ context, event }) =>
      !isSettled(event) && Object.values(context.jobs).includes(about(event)),
  },
});

const working = base.extend({
  actions: {
    begin: base.enqueueActions(({ context, event, enqueue }) => {
      if (isSettled(event)) return;
      const job = freeSlot(context.jobs);
      enqueue.spawnChild('react', { id: job, input: event });
      enqueue.assign({ jobs: { ...context.jobs, [job]: about(event) } });
    }),
    passOn: base.enqueueActions(({ event, enqueue }) => {
      if (isSettled(event) && 'output' in event) enqueue.emit(event.output);
    }),
    finish: base.enqueueActions(({ context, event, enqueue }) => {
      if (!isSettled(event)) return;
      enqueue.stopChild(event.actorId);
      enqueue.assign({
        jobs: Object.fromEntries(Object.entries(context.jobs).filter(([job]) => job !== event.actorId)),
      });
    }),
  },
});

/** A participant that hears events of these types. Provide the actor `react`: an event in, the next event out. */
export const participant = (id: string, hears: readonly ShopEventType[]) =>
  working.createMachine({
    id,
    context: { jobs: {} },
    entry: { type: 'announce', params: { service: id } },
    initial: 'listening',
    states: {
      listening: {
        on: {
          ...Object.fromEntries(
            hears.map((type) => [type, [{ guard: 'isUnderWay' as const }, { actions: 'begin' as const }]]),
          ),
          'xstate.done.actor.job.*': { actions: ['passOn', 'finish'] },
          'xstate.error.actor.job.*': { actions: 'finish' },
        },
      },
    },
  });
