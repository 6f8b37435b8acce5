import { useSignal } from '../../signal.ts';
import type { DryRun, EventRow } from '../../../protocol.ts';
import { takenText } from '../../model/chart-state.ts';
import { Note } from '../../parts/chip.tsx';
import { ValueTree } from '../../parts/value.tsx';
import { cut, stateText, messageOf } from '../../parts/words.ts';
import type { SentEvent } from '../../client.ts';
import type { ActorParts } from './parts.ts';

const EVENTS = 60;

/** What is written, as an event; or what is wrong with it. */
function eventOf(type: string, payload: string): SentEvent | string {
  if (type.trim() === '') return 'Choose or write the type of the event.';
  if (type.startsWith('xstate.')) return 'Events that begin with "xstate." are the runtime’s own.';
  if (payload.trim() === '') return { type };
  let fields: unknown;
  try {
    fields = JSON.parse(payload);
  } catch (error) {
    return `This is no JSON: ${messageOf(error)}`;
  }
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields))
    return 'The fields of an event are a JSON object: {"amount": 3}.';
  if ('type' in fields && fields.type !== type) return 'The type stands above: leave it out here.';
  return { ...fields, type };
}

const whyNot = ({ session, sight }: ActorParts): string | undefined => {
  const { source, canSend } = session.about.value;
  if (source === 'recording') return 'This is a recording: there is nobody to send to.';
  if (source === 'design') return 'This is a design: no actor runs.';
  if (source === 'stately') return 'An app that was told of by Stately’s protocol cannot be sent to.';
  if (!canSend)
    return 'Sending is off. Start the inspector with --allow-send (or allowSend: true) to send events.';
  if (sight?.moment !== undefined) return 'This is the past. Press L to come back to now and send.';
  return undefined;
};

const Outcome = ({ run, picture, sight }: ActorParts & { readonly run: DryRun }) => {
  const taken = picture === undefined ? [] : takenText(picture, run.taken);
  return (
    <section aria-label="What it would do" class="outcome">
      <h3>{run.handled ? 'It would come to' : 'It would not be handled'}</h3>
      {run.handled ? (
        <p class="mono wrap">{cut(stateText(run.snapshot.value), 300) || run.snapshot.status}</p>
      ) : null}
      {taken.map((text) => (
        <p key={text} class="mono soft wrap">
          {cut(text, 300)}
        </p>
      ))}
      <ul>
        {run.effects.slice(0, 50).map((effect, at) => (
          <li key={at} class="wrap">
            · {cut(effect, 300)}
          </li>
        ))}
      </ul>
      {run.handled ? (
        <ValueTree value={run.snapshot.context} before={sight?.snapshot.context} isDiff />
      ) : null}
    </section>
  );
};

/** What the form holds, and what its buttons do. */
function useLetter({ session, subject }: ActorParts) {
  const type = useSignal('');
  const payload = useSignal('');
  const said = useSignal<{ tone: 'ok' | 'bad'; text: string } | undefined>(undefined);
  const run = useSignal<{ readonly of: string; readonly result: DryRun } | undefined>(undefined);
  const isBusy = useSignal(false);
  const event = eventOf(type.value, payload.value);
  // What is shown is of what is written now.
  const written = `${type.value}\n${payload.value}`;
  const act = async (what: (event: SentEvent) => Promise<void>): Promise<void> => {
    if (typeof event === 'string') return;
    isBusy.value = true;
    said.value = undefined;
    await what(event).catch((error: unknown) => {
      said.value = { tone: 'bad', text: messageOf(error) };
    });
    isBusy.value = false;
  };
  const tryIt = () =>
    act(async (given) => {
      run.value = { of: written, result: await session.client.dryRun(subject.address, given) };
    });
  const send = () =>
    act(async (given) => {
      await session.client.send(subject.address, given);
      run.value = undefined;
      said.value = { tone: 'ok', text: `${given.type} was sent.` };
    });
  const choose = (name: string): void => {
    type.value = name;
  };
  const wrong = typeof event === 'string' ? event : undefined;
  const isTouched = type.value !== '' || payload.value !== '';
  return {
    type,
    payload,
    said: said.value,
    run: run.value?.of === written ? run.value.result : undefined,
    isBusy: isBusy.value,
    wrong,
    isTouched,
    tryIt,
    send,
    choose,
  };
}

/** The events that the machine knows, those that would do something now first. */
const Choices = ({
  events,
  chosen,
  onChoose,
}: {
  readonly events: readonly EventRow[];
  readonly chosen: string;
  readonly onChoose: (type: string) => void;
}) => (
  <div class="row events" role="group" aria-label="Events of the machine">
    {[...events]
      .sort((a, b) => Number(b.enabled) - Number(a.enabled))
      .slice(0, EVENTS)
      .map(({ type, enabled }) => (
        <button
          key={type}
          type="button"
          aria-pressed={chosen === type}
          class={enabled ? 'can' : 'cannot'}
          title={
            enabled ? 'It would do something now' : 'It would do nothing now (or a guard needs its fields)'
          }
          onClick={() => onChoose(type)}
        >
          <span aria-hidden="true">{enabled ? '○ ' : '– '}</span>
          {cut(type, 60)}
          <span class="unseen">{enabled ? ', possible now' : ', would do nothing now'}</span>
        </button>
      ))}
  </div>
);

/** Say something to the actor: first what it would do, then do it. */
export const SendTab = (parts: ActorParts) => {
  const { session, sight, detail } = parts;
  const { type, payload, said, run, isBusy, wrong, isTouched, tryIt, send, choose } = useLetter(parts);
  const reason = whyNot(parts);
  const canTry = session.about.value.source === 'live' && sight?.moment === undefined;
  if (reason !== undefined && !canTry) return <Note>{reason}</Note>;
  const isWrong = isTouched && wrong !== undefined;
  const cannot = wrong !== undefined || isBusy;
  const submit = (event: Event): void => {
    event.preventDefault();
    void tryIt();
  };
  return (
    <form class="send" onSubmit={submit}>
      {reason === undefined ? null : <Note>{reason}</Note>}
      <Choices events={detail?.events ?? []} chosen={type.value} onChoose={choose} />
      <label>
        Type
        <input
          class="mono"
          spellcheck={false}
          value={type.value}
          onInput={(input) => (type.value = input.currentTarget.value)}
        />
      </label>
      <label>
        Fields (JSON)
        <textarea
          class="mono"
          rows={4}
          spellcheck={false}
          placeholder='{"reason": "…"}'
          aria-invalid={isWrong}
          aria-describedby="event-wrong"
          value={payload.value}
          onInput={(input) => (payload.value = input.currentTarget.value)}
        />
      </label>
      <p id="event-wrong" class="tone-bad" role="status">
        {isWrong ? wrong : ''}
      </p>
      <div class="row">
        <button type="submit" disabled={cannot}>
          Dry run
        </button>
        {reason === undefined ? (
          <button type="button" class="primary" disabled={cannot} onClick={() => void send()}>
            Send
          </button>
        ) : null}
      </div>
      <div role="status">{said === undefined ? null : <Note tone={said.tone}>{said.text}</Note>}</div>
      {run === undefined ? null : <Outcome {...parts} run={run} />}
    </form>
  );
};
