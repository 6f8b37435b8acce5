import { useSignal } from '../../signal.ts';
import { useEffect, useRef } from 'preact/hooks';
import type { LetterPage, LetterRow } from '../../../protocol.ts';
import { Note, Panel, PlainTable } from '../../parts/chip.tsx';
import { cut, numberText, timeText, messageOf } from '../../parts/words.ts';
import type { Session } from '../../session.ts';
import type { ViewProps } from '../../shell/views.ts';
import { ActorLink } from '../messages/panels.tsx';

const PAGE = 50;

interface Asked {
  readonly action: 'replay' | 'drop';
  readonly letter: LetterRow;
}

/** Nothing is sent again or thrown away by one click. */
const Sure = ({
  asked: { action, letter },
  onAnswer,
}: {
  readonly asked: Asked;
  readonly onAnswer: (yes: boolean) => void;
}) => {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby="sure"
      onClose={() => onAnswer(dialog.current?.returnValue === 'yes')}
    >
      <h2 id="sure">{action === 'replay' ? 'Put it back into the queue?' : 'Throw it away?'}</h2>
      <p class="wrap">
        {cut(letter.event?.type ?? 'A message', 80)} for {cut(letter.to, 80)}.{' '}
        {action === 'replay' ? 'It is handled again, with all it does.' : 'This cannot be undone.'}
      </p>
      <form method="dialog" class="row">
        <button value="no">Cancel</button>
        <button value="yes" class="primary">
          {action === 'replay' ? 'Replay' : 'Drop'}
        </button>
      </form>
    </dialog>
  );
};

/** A page of letters, what is asked about one of them, and what became of it. */
function useLetters(session: Session, queue: string | undefined, from: number) {
  const page = useSignal<LetterPage | undefined>(undefined);
  const said = useSignal('');
  const asked = useSignal<Asked | undefined>(undefined);
  const load = (): void => {
    session.client.letters({ ...(queue === undefined ? {} : { queue }), from, limit: PAGE }).then(
      (found) => (page.value = found),
      (error: unknown) => {
        page.value = undefined;
        said.value = messageOf(error);
      },
    );
  };
  // The overview is read anew each second: the letters with it.
  useEffect(load, [queue, from, session.overview.value, session.generation.value]);
  const answer = (yes: boolean): void => {
    const what = asked.value;
    asked.value = undefined;
    if (!yes || what === undefined) return;
    const { action, letter } = what;
    session.client.letter(action, letter.id, letter.queue ?? queue ?? '').then(
      () => {
        said.value = action === 'replay' ? 'It is in its queue again.' : 'It is gone.';
        load();
      },
      (error: unknown) => (said.value = messageOf(error)),
    );
  };
  return { page: page.value, said: said.value, asked, answer };
}

/** What was not delivered, or could not be handled. */
export const Letters = ({ session }: ViewProps) => {
  const { options = {} } = session.selection.value;
  const queue = options['queue'];
  const from = Number(options['from'] ?? 0);
  const { page, said, asked, answer } = useLetters(session, queue, from);
  const { rows = [], total = 0 } = page ?? {};
  const { canSend } = session.about.value;
  return (
    <Panel
      title={queue === undefined ? 'Dead letters between actors' : `Dead letters of ${cut(queue, 60)}`}
      end={
        queue === undefined ? undefined : (
          <button
            type="button"
            onClick={() => session.select({ options: { queue: undefined, from: undefined } as never })}
          >
            Those between actors
          </button>
        )
      }
    >
      {said === '' ? null : (
        <div role="status">
          <Note>{said}</Note>
        </div>
      )}
      {rows.length === 0 ? (
        <p class="nothing">None.</p>
      ) : (
        <Table
          rows={rows}
          isQueue={queue !== undefined}
          canSend={canSend}
          onAsk={(what) => (asked.value = what)}
        />
      )}
      {queue !== undefined && !canSend && rows.length > 0 ? (
        <p class="nothing">
          To replay or drop them, start the inspector with <code>--allow-send</code>.
        </p>
      ) : null}
      {total > PAGE ? (
        <div class="row body">
          <button
            type="button"
            disabled={from === 0}
            onClick={() => session.select({ options: { from: String(Math.max(0, from - PAGE)) } }, 'replace')}
          >
            Earlier
          </button>
          {numberText(from + 1)} to {numberText(Math.min(total, from + PAGE))} of {numberText(total)}
          <button
            type="button"
            disabled={from + PAGE >= total}
            onClick={() => session.select({ options: { from: String(from + PAGE) } }, 'replace')}
          >
            Later
          </button>
        </div>
      ) : null}
      {asked.value === undefined ? null : <Sure asked={asked.value} onAnswer={answer} />}
    </Panel>
  );
};

const Table = ({
  rows,
  isQueue,
  canSend,
  onAsk,
}: {
  readonly rows: readonly LetterRow[];
  readonly isQueue: boolean;
  readonly canSend: boolean;
  readonly onAsk: (asked: Asked) => void;
}) => (
  <PlainTable
    label="Dead letters"
    class="letters"
    titles={['When', 'Event', 'For', 'From', 'Why', ...(isQueue ? ['Attempts', 'What to do'] : [])]}
  >
    {rows.map((letter) => (
      <tr key={letter.id}>
        <td>{timeText(letter.time)}</td>
        <td title={letter.event?.type}>{cut(letter.event?.type ?? '(unreadable)', 50)}</td>
        <td>
          <ActorLink address={letter.to} />
        </td>
        <td>{letter.from === undefined ? '' : <ActorLink address={letter.from} />}</td>
        <td class="tone-bad wrap" title={letter.error}>
          {cut(letter.error === undefined ? letter.reason : `${letter.reason}: ${letter.error}`, 160)}
        </td>
        {isQueue ? <td>{letter.attempts ?? ''}</td> : null}
        {isQueue ? (
          <td>
            {(['replay', 'drop'] as const).map((action) => (
              <button
                key={action}
                type="button"
                disabled={!canSend}
                onClick={() => onAsk({ action, letter })}
              >
                {action === 'replay' ? 'Replay' : 'Drop'}
              </button>
            ))}
          </td>
        ) : null}
      </tr>
    ))}
  </PlainTable>
);
