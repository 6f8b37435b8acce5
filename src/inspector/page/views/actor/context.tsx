import { useSignal } from '../../signal.ts';
import { outcomeOf } from '../../model/chart-state.ts';
import { isEqual } from '../../model/value.ts';
import { CopyButton } from '../../parts/copy.tsx';
import { ValueTree } from '../../parts/value.tsx';
import type { ActorParts } from './parts.ts';

/** What the actor knows, with what the last step changed. */
export const ContextTab = ({ sight }: ActorParts) => {
  const isDiff = useSignal(true);
  if (sight === undefined) return <p class="soft">Nothing was told of it yet.</p>;
  const { snapshot, before } = sight;
  const outcome = outcomeOf(snapshot);
  const isSame = before !== undefined && isEqual(before.context, snapshot.context);
  return (
    <>
      <div class="row context-tools">
        <label>
          <input
            type="checkbox"
            checked={isDiff.value}
            disabled={before === undefined}
            onChange={(event) => (isDiff.value = event.currentTarget.checked)}
          />{' '}
          what has changed
        </label>
        <span class="soft">
          {before === undefined ? 'no moment before' : isSame ? 'nothing changed' : ''}
        </span>
        <span class="end">
          <CopyButton
            text={snapshot.context === undefined ? '' : JSON.stringify(snapshot.context, null, 2)}
          />
        </span>
      </div>
      {snapshot.context === undefined ? (
        <p class="soft">The context was not told (the system keeps payloads to itself, or it has none).</p>
      ) : (
        <ValueTree
          value={snapshot.context}
          before={before?.context}
          isDiff={isDiff.value && before !== undefined}
        />
      )}
      {outcome === undefined ? null : (
        <>
          <h3>{outcome.name}</h3>
          <ValueTree value={outcome.value} />
        </>
      )}
    </>
  );
};
