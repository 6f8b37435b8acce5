import type { AbdContext, AbdInput, Timestamp, Versioned } from './abd-register-protocol.ts';
import { duration } from './check.ts';
import { majority, replica } from './quorum.ts';
import type { RegisterRequest } from './register-client.ts';

/** Below 0: `a` is older. */
export const compareTimestamps = (a: Timestamp, b: Timestamp): number =>
  a.clock - b.clock || (a.server < b.server ? -1 : a.server > b.server ? 1 : 0);

export const begin = ({ memory, fastRead = 'never', patience = 1000, ...input }: AbdInput): AbdContext => ({
  ...replica('abdRegister', input),
  patience: duration('abdRegister', 'patience', patience),
  fastRead,
  ...(memory ?? { timestamp: { clock: 0, server: input.name }, value: null }),
  call: null,
  values: {},
  answer: null,
  recorded: [],
  waiting: [],
});

/** What of a replica has to outlive it, to be its `memory` when it starts again. */
export const memoryOf = ({ timestamp, value }: AbdContext): Versioned => ({ timestamp, value });

/** The newer of two values. */
export const newer = (a: Versioned, b: Versioned): Versioned =>
  compareTimestamps(b.timestamp, a.timestamp) > 0 ? memory(b) : memory(a);

const memory = ({ timestamp, value }: Versioned): Versioned => ({ timestamp, value });

/** Phase 1 of a call begins with the replica's own value. */
export const asked = (context: AbdContext, { type, from, request, ...rest }: RegisterRequest) => ({
  call: { type, from, request, ...('value' in rest ? { value: rest.value } : {}) } as RegisterRequest,
  values: { [context.name]: memory(context) },
});

const newest = ({ values }: AbdContext): Versioned => Object.values(values).reduce(newer);

/** What phase 2 makes a majority keep: a write goes on top of the newest value, a read writes back what it will return. */
export const chosen = (context: AbdContext): Versioned => {
  const { call, name } = context;
  const found = newest(context);
  if (call?.type !== 'PUT') return found;
  return { timestamp: { clock: found.timestamp.clock + 1, server: name }, value: call.value };
};

export const answerOf = (context: AbdContext): AbdContext['answer'] => {
  const { call } = context;
  if (call === null) return null;
  const { from: to, request } = call;
  return call.type === 'PUT'
    ? { to, event: { type: 'PUT_OK', request } }
    : { to, event: { type: 'GET_OK', request, value: newest(context).value } };
};

export const isAnswered = (context: AbdContext): boolean =>
  Object.keys(context.values).length >= majority(context);

export const isRecorded = (context: AbdContext): boolean => context.recorded.length >= majority(context);

/** Has a majority the very value this read returns? */
export const isAgreed = (context: AbdContext): boolean =>
  Object.values(context.values).every(
    ({ timestamp }) => compareTimestamps(timestamp, newest(context).timestamp) === 0,
  );
