/**
 * A workflow: runs a definition (seed 004 section 6.1) as one orchestrator. A step starts when all its predecessors have
 * ended, so several successors run in parallel and several predecessors join; a skipped step has ended.
 *
 * | event             | in                | does                                                              |
 * |-------------------|-------------------|-------------------------------------------------------------------|
 * | PAUSE / RESUME    | running / paused  | no new step starts while paused; what runs goes on                |
 * | CANCEL            | not yet ended     | stops the running actors and ends                                 |
 * | STATUS {replyTo?} | every state       | WORKFLOW_STATUS {state, running, variables, history}              |
 * | STEP_RETRY        | sent to itself    | tries a step again after its backoff                              |
 *
 * Actor: `perform` (StepInput) is spawned once per attempt; an object it returns is merged into the variables, parallel
 * steps that write the same name in the order they end. A step that fails keeps new steps from starting; the workflow
 * fails when those that run have ended.
 */
import { assertEvent, assign, emit, setup, type DoneActorEvent, type ErrorActorEvent } from 'xstate';
import { toFault } from './fault.ts';
import {
  awaits,
  begin,
  cancel,
  complete,
  ready,
  reject,
  retryDelay,
  start,
  stepInput,
  tryAgain,
  withStatus,
  type StepId,
} from './workflow-progress.ts';
import type {
  StepInput,
  WorkflowContext,
  WorkflowEmitted,
  WorkflowEvent,
  WorkflowInput,
  WorkflowOutput,
  WorkflowState,
  WorkflowStatus,
  WorkflowStep,
} from './workflow-protocol.ts';
import { bounded, notProvided, tell, typed } from './vocabulary.ts';

type Settled = DoneActorEvent<unknown, StepId> | ErrorActorEvent<unknown, StepId>;
type Received = WorkflowEvent | Settled;

const base = setup({
  types: typed<{
    context: WorkflowContext;
    events: Received;
    input: WorkflowInput;
    output: WorkflowOutput;
    emitted: WorkflowEmitted;
    tags: 'starting steps' | 'holding steps';
  }>(),
  actors: { perform: notProvided<unknown, StepInput>('perform') },
  actions: {
    tell,
    cancelSteps: assign(({ context }) => cancel(context)),
    tryAgain: assign(({ context, event }) => {
      assertEvent(event, 'STEP_RETRY');
      return { progress: tryAgain(context, event.step) };
    }),
    publish: emit(({ context }, params: Pick<WorkflowEmitted, 'type'>) => ({
      type: params.type,
      workflow: context.workflow,
    })),
  },
  guards: {
    hasFailed: ({ context }) => context.error !== null,
    isFinished: ({ context }) => withStatus(context, 'completed', 'skipped').length === context.steps.length,
    hasReady: ({ context }) => ready(context).length > 0,
    isQuiet: ({ context }) => withStatus(context, 'running').length === 0,
    isAwaited: ({ context, event }) =>
      event.type === 'STEP_RETRY' && awaits(context, event.step, event.attempt),
  },
});

const child = ({ steps }: WorkflowContext, step: WorkflowStep): StepId => `step.${steps.indexOf(step)}`;

const about = (
  context: WorkflowContext,
  { id }: WorkflowStep,
  ending: 'started' | 'completed' | 'failed' | 'skipped',
): WorkflowEmitted => ({ type: `workflow.step.${ending}`, workflow: context.workflow, step: id });

const running = base.extend({
  actions: {
    /** Skipping a step may make others ready, and a step that cannot start keeps the rest from starting. */
    startReady: base.enqueueActions(({ context, enqueue }) => {
      let now = context;
      for (let [step] = ready(now); step !== undefined && now.error === null; [step] = ready(now)) {
        now = start(now, step);
        const status = now.progress[step.id]?.status;
        if (status === 'running') {
          enqueue.spawnChild('perform', { id: child(now, step), input: stepInput(now, step) });
          enqueue.emit(about(now, step, 'started'));
        } else {
          enqueue.emit(about(now, step, status === 'skipped' ? 'skipped' : 'failed'));
        }
      }
      enqueue.assign(now);
    }),
    settle: base.enqueueActions(({ context, event, enqueue }) => {
      if (!('actorId' in event)) return;
      const step = context.steps[Number(event.actorId.slice('step.'.length))];
      if (step === undefined || context.progress[step.id]?.status !== 'running') return;
      enqueue.stopChild(event.actorId);
      const now =
        'output' in event
          ? complete(context, step, event.output)
          : reject(context, step, toFault(event.error));
      enqueue.assign(now);
      if (now.progress[step.id]?.status !== 'retrying') {
        enqueue.emit(about(now, step, 'output' in event ? 'completed' : 'failed'));
        return;
      }
      const attempt = now.progress[step.id]?.attempt ?? 1;
      enqueue.raise(
        { type: 'STEP_RETRY', step: step.id, attempt },
        { id: `retry.${event.actorId}`, delay: retryDelay(now, step) },
      );
    }),
  },
});

const status = (state: WorkflowState) =>
  ({
    actions: {
      type: 'tell',
      params: ({ context, event }: { context: WorkflowContext; event: Received }) => {
        assertEvent(event, 'STATUS');
        const { workflow, variables, history } = context;
        const reply: WorkflowStatus = {
          type: 'WORKFLOW_STATUS',
          workflow,
          state,
          running: withStatus(context, 'running'),
          variables,
          history,
        };
        return { to: event.replyTo, event: reply };
      },
    },
  }) as const;

const publish = <Type extends WorkflowEmitted['type']>(type: Type) =>
  ({ type: 'publish', params: { type } }) as const;

const end = <Status extends WorkflowOutput['status']>(status: Status) =>
  running.createStateConfig({ type: 'final', entry: publish(`workflow.${status}`), output: status });

const states = {
  running: running.createStateConfig({
    tags: 'starting steps',
    always: [
      { guard: 'hasFailed', target: 'failing' },
      { guard: 'isFinished', target: 'completed' },
      { guard: 'hasReady', actions: 'startReady' },
    ],
    on: { STATUS: status('running'), PAUSE: 'paused' },
  }),
  paused: running.createStateConfig({
    tags: 'holding steps',
    always: { guard: 'hasFailed', target: 'failing' },
    on: { STATUS: status('paused'), RESUME: 'running' },
  }),
  failing: running.createStateConfig({
    tags: 'holding steps',
    always: { guard: 'isQuiet', target: 'failed' },
    on: { STATUS: status('failing'), STEP_RETRY: {} },
  }),
  completed: end('completed'),
  failed: end('failed'),
  cancelled: end('cancelled'),
};

/** See the header of the file. Throws `INVALID_OPTION` with every problem `validateWorkflow` finds. */
export const workflow = running.createMachine({
  id: 'workflow',
  options: bounded,
  context: ({ input }) => begin(input),
  entry: publish('workflow.started'),
  initial: 'running',
  on: {
    'xstate.done.actor.step.*': { actions: 'settle' },
    'xstate.error.actor.step.*': { actions: 'settle' },
    STEP_RETRY: { guard: 'isAwaited', actions: 'tryAgain' },
    CANCEL: { target: '.cancelled', actions: 'cancelSteps' },
  },
  states,
  output: ({ context: { variables, history, error }, event }) => ({
    // The output of the final state that was reached.
    status: event.output as WorkflowOutput['status'],
    variables,
    history,
    ...(error === null ? {} : { error }),
  }),
});
