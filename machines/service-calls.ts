import type { Call, HandleInput, ServiceAnswer, ServiceContext, ServiceStatus } from './service-protocol.ts';
import { toFault } from './fault.ts';
import type { Tell } from './vocabulary.ts';

/** What a handler is given of a call. */
export const handleInput = ({ id, method, input, deadline }: Call): HandleInput => ({
  id,
  method,
  input,
  ...(deadline === undefined ? {} : { deadline }),
});

/** The fields of a call, and only those: what else an event carries must not stay in the context. */
export const callOf = (event: Call): Call => ({
  ...handleInput(event),
  ...(event.replyTo === undefined ? {} : { replyTo: event.replyTo }),
});

const reply = (to: string | undefined, event: ServiceAnswer): Tell => ({ to, event });

export const refusal = (
  { id, replyTo }: Pick<Call, 'id' | 'replyTo'>,
  code: 'OVERLOADED' | 'DRAINING',
): Tell => reply(replyTo, { type: 'REFUSED', id, code, retryable: true });

/** The answer to the call that the child handled; to nobody when the child is not known any more. */
export const answer = (
  { inFlight }: ServiceContext,
  { actorId, ...settled }: { actorId: string; output: unknown } | { actorId: string; error: unknown },
): Tell => {
  const { id = '', replyTo } = inFlight[actorId] ?? {};
  return 'output' in settled
    ? reply(replyTo, { type: 'DONE', id, output: settled.output })
    : reply(replyTo, { type: 'FAILED', id, error: toFault(settled.error) });
};

export const report = (
  { inFlight, waiting, done, failed, refused }: ServiceContext,
  status: ServiceStatus,
  to: string | undefined,
): Tell =>
  reply(to, {
    type: 'HEALTH_REPORT',
    status,
    inFlight: Object.keys(inFlight).length,
    waiting: waiting.length,
    done,
    failed,
    refused,
  });
