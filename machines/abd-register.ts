/**
 * A replica of a register that is shared by message passing and survives the death of any minority (Attiya, Bar-Noy, Dolev, Sharing
 * Memory Robustly in Message-Passing Systems, 1995; several writers as Lynch and Shvartsman, 1997). Every replica serves clients
 * (register-client.ts), one call at a time. With `room: 0` it is the server of Stateright's `examples/linearizable-register.rs`, whose
 * state counts it reproduces.
 *
 * | event                                   | in        | does                                                                |
 * |-----------------------------------------|-----------|---------------------------------------------------------------------|
 * | PUT {from, request, value}              | idle      | QUERY to all; elsewhere it waits, as far as there is room           |
 * | GET {from, request}                     | idle      | the same                                                            |
 * | QUERY {from, request}                   | any       | VALUE with the value it has                                         |
 * | VALUE {from, request, timestamp, value} | querying  | at a majority: RECORD to all what the call makes of the newest      |
 * | RECORD {from, request, timestamp, value} | any      | keeps what is newer than its own; RECORDED                          |
 * | RECORDED {from, request}                | recording | at a majority: PUT_OK or GET_OK to the client                       |
 *
 * A read writes back what it returns: without that, a later read could return an older value. When `patience` runs out, what was asked is
 * asked again. A replica that starts again must be given its `memory`.
 */
import { assertEvent, assign, setup } from 'xstate';
import type { AbdContext, AbdEvent, AbdInput, AbdMessage, Versioned } from './abd-register-protocol.ts';
import {
  answerOf,
  asked,
  begin,
  chosen,
  isAgreed,
  isAnswered,
  isRecorded,
  newer,
} from './abd-register-rules.ts';
import { joined } from './quorum.ts';
import type { RegisterRequest } from './register-client.ts';
import { bounded, tell, typed } from './vocabulary.ts';

const base = setup({
  types: typed<{ context: AbdContext; events: AbdEvent; input: AbdInput }>(),
  actions: {
    tell,
    begin: assign(({ context, event }) => asked(context, callOf(event))),
    beginNext: assign(({ context }) => {
      const [next, ...waiting] = context.waiting;
      return next === undefined ? {} : { ...asked(context, next), waiting };
    }),
    wait: assign(({ context, event }) => ({ waiting: [...context.waiting, callOf(event)] })),
    keepValue: assign(({ context, event }) => {
      assertEvent(event, 'VALUE');
      const { timestamp, value } = event;
      return { values: { ...context.values, [event.from]: { timestamp, value } } };
    }),
    keepNewer: assign(({ context }, found: Versioned) => newer(context, found)),
    /** What the client will be told is fixed now, whatever is recorded meanwhile. */
    beginRecording: assign(({ context }) => ({
      ...newer(context, chosen(context)),
      answer: answerOf(context),
      call: null,
      values: {},
      recorded: [context.name],
    })),
    countRecorded: assign(({ context }, { from }: { from: string }) => ({
      recorded: joined(context.recorded, from),
    })),
    finish: assign({ call: null, values: {}, answer: null, recorded: [] }),
  },
  guards: {
    isOfCall: ({ context }, request: string) => context.call?.request === request,
    isNewRecorder: ({ context: { answer, recorded } }, { from, request }: Replica) =>
      answer?.event.request === request && !recorded.includes(from),
    isAnswered: ({ context }) => isAnswered(context),
    isRecorded: ({ context }) => isRecorded(context),
    /** May the call end without its second phase? */
    isSettled: ({ context }) =>
      isAnswered(context) &&
      context.call?.type === 'GET' &&
      context.fastRead === 'agreed' &&
      isAgreed(context),
    isWaitedFor: ({ context }) => context.waiting.length > 0,
    hasRoom: ({ context }) => context.waiting.length < context.room,
  },
  delays: { patience: ({ context }) => context.patience },
});

interface Replica {
  readonly from: string;
  readonly request: string;
}

const callOf = (event: AbdEvent): RegisterRequest => {
  assertEvent(event, ['PUT', 'GET']);
  return event;
};

/** Words to all peers. */
const speaking = base.extend({
  actions: {
    sendQuery: base.enqueueActions(({ context: { name, peers, call }, enqueue }) => {
      if (call === null) return;
      const event: AbdMessage = { type: 'QUERY', from: name, request: call.request };
      for (const to of peers) enqueue({ type: 'tell', params: { to, event } });
    }),
    sendRecord: base.enqueueActions(({ context, enqueue }) => {
      const { name, peers, call } = context;
      if (call === null) return;
      const event: AbdMessage = { type: 'RECORD', from: name, request: call.request, ...chosen(context) };
      for (const to of peers) enqueue({ type: 'tell', params: { to, event } });
    }),
    /** What it has now may be newer than what it was to record: whoever keeps that has no need of the older. */
    resendRecord: base.enqueueActions(({ context, enqueue }) => {
      const { name, peers, answer, timestamp, value } = context;
      if (answer === null) return;
      const { request } = answer.event;
      const event: AbdMessage = { type: 'RECORD', from: name, request, timestamp, value };
      for (const to of peers) enqueue({ type: 'tell', params: { to, event } });
    }),
  },
});

const tellAnswer = (find: (context: AbdContext) => AbdContext['answer']) =>
  ({
    type: 'tell',
    params: ({ context }: { context: AbdContext }) => {
      const answer = find(context);
      if (answer === null) throw new TypeError('There is an answer only while a call is under way.');
      return answer;
    },
  }) as const;

const later = { guard: 'hasRoom', actions: 'wait' } as const;

const states = {
  idle: speaking.createStateConfig({
    entry: 'finish',
    always: { guard: 'isWaitedFor', target: 'querying', actions: 'beginNext' },
    on: {
      PUT: { target: 'querying', actions: 'begin' },
      GET: { target: 'querying', actions: 'begin' },
    },
  }),
  querying: speaking.createStateConfig({
    entry: 'sendQuery',
    after: { patience: { target: 'querying', reenter: true } },
    always: [
      { guard: 'isSettled', target: 'idle', actions: tellAnswer(answerOf) },
      { guard: 'isAnswered', target: 'recording', actions: ['sendRecord', 'beginRecording'] },
    ],
    on: {
      PUT: later,
      GET: later,
      VALUE: {
        guard: { type: 'isOfCall', params: ({ event }) => event.request },
        actions: 'keepValue',
      },
    },
  }),
  recording: speaking.createStateConfig({
    after: { patience: { target: 'recording', reenter: true, actions: 'resendRecord' } },
    always: { guard: 'isRecorded', target: 'idle', actions: tellAnswer(({ answer }) => answer) },
    on: {
      PUT: later,
      GET: later,
      RECORDED: {
        guard: { type: 'isNewRecorder', params: ({ event }) => event },
        actions: { type: 'countRecorded', params: ({ event }) => event },
      },
    },
  }),
};

/** See the header of the file. Throws `INVALID_OPTION` on a name that is empty or there twice, on a room below 0, and on a patience no timer can wait for. */
export const abdRegister = speaking.createMachine({
  id: 'abdRegister',
  options: bounded,
  context: ({ input }) => begin(input),
  initial: 'idle',
  on: {
    QUERY: {
      actions: {
        type: 'tell',
        params: ({ context: { name, timestamp, value }, event: { from, request } }) => ({
          to: from,
          event: { type: 'VALUE', from: name, request, timestamp, value } satisfies AbdMessage,
        }),
      },
    },
    RECORD: {
      actions: [
        { type: 'keepNewer', params: ({ event }) => event },
        {
          type: 'tell',
          params: ({ context: { name }, event: { from, request } }) => ({
            to: from,
            event: { type: 'RECORDED', from: name, request } satisfies AbdMessage,
          }),
        },
      ],
    },
  },
  states,
});
