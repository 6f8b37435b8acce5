import { Chip, StatusChip } from '../../parts/chip.tsx';
import { CopyButton } from '../../parts/copy.tsx';
import { cut, stateText, timeText } from '../../parts/words.ts';
import { toHash } from '../../selection.ts';
import type { ActorParts } from './parts.ts';

/** Who it is, where it lives, and in which state it is (or was). */
export const ActorHeader = ({
  session,
  detail,
  sight,
  address,
}: ActorParts & { readonly address: string }) => {
  const entry = session.journal.actors.get(address)?.entry;
  const node = sight?.moment?.node ?? detail?.node ?? entry?.node;
  const parent = detail?.parent ?? entry?.parent;
  const { moment } = sight ?? {};
  return (
    <header class="who">
      <h1 class="mono wrap" title={address}>
        {cut(address, 300)}
      </h1>
      <span class="soft">{detail?.kind ?? entry?.machine}</span>
      {sight === undefined ? null : (
        <>
          <Chip tone="accent" icon="▸" title={stateText(sight.snapshot.value)}>
            {cut(stateText(sight.snapshot.value) || '(no state)', 100)}
          </Chip>
          <StatusChip status={sight.snapshot.status} />
        </>
      )}
      {moment === undefined ? null : (
        <Chip tone="warn" icon="↺">
          {`as of moment ${moment.number}, ${timeText(moment.time)}`}
        </Chip>
      )}
      {detail?.tags.map((tag) => (
        <Chip key={tag} icon="#">
          {cut(tag, 60)}
        </Chip>
      ))}
      {detail === undefined || detail.waiting === 0 || moment !== undefined ? null : (
        <Chip icon="✉">{`${detail.waiting} waiting`}</Chip>
      )}
      <span class="soft">
        {node === undefined || node === '' ? '' : `on ${node}`}
        {(detail?.durable ?? entry?.durable) === true ? ' · ▣ durable' : ''}
        {detail?.passivated === true ? ' · not in memory, as it is stored' : ''}
      </span>
      {parent === undefined ? null : (
        <span class="soft">
          child of{' '}
          <a class="mono" href={toHash({ view: 'actor', address: parent })}>
            {cut(parent, 100)}
          </a>
        </span>
      )}
      <span class="end row">
        <CopyButton text={location.href} label="Copy link" />
      </span>
    </header>
  );
};
