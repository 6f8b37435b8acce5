import { PlainTable, StatusChip } from '../../parts/chip.tsx';
import { cut, stateName } from '../../parts/words.ts';
import { toHash } from '../../selection.ts';
import type { ActorParts } from './parts.ts';

const MOST = 200;

/** Children and invoked actors; those with an address of their own are links. */
export const RelativesTab = ({ detail }: ActorParts) => {
  const children = detail?.children ?? [];
  if (children.length === 0) return <p class="soft">It has no children and invokes nobody now.</p>;
  return (
    <>
      <PlainTable label="Children" titles={['Child', 'Kind', 'State', 'Status']}>
        {children.slice(0, MOST).map(({ path, kind, state, status, address }) => (
          <tr key={path.join(' ')}>
            <td class="mono wrap">
              {address === undefined ? (
                cut(path.join(' › '), 120)
              ) : (
                <a href={toHash({ view: 'actor', address })}>{cut(path.join(' › '), 120)}</a>
              )}
            </td>
            <td class="wrap">{cut(kind, 60)}</td>
            <td class="wrap">{cut(stateName(state), 80)}</td>
            <td>
              <StatusChip status={status} />
            </td>
          </tr>
        ))}
      </PlainTable>
      {children.length > MOST ? <p class="soft">{`and ${children.length - MOST} more`}</p> : null}
    </>
  );
};
