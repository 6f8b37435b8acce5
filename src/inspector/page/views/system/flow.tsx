import { counted } from '../../../../counted.ts';
import { flowOf, latestOf } from '../../model/rates.ts';
import { Panel } from '../../parts/chip.tsx';
import { amountText } from '../../parts/words.ts';
import type { ViewProps } from '../../shell/views.ts';
import { follow } from '../../parts/follow.ts';

const nameOf = (kind: string): string => (kind === '' ? '(outside)' : kind);

/** Who says how much to whom: a row for each sender, a column for each receiver. */
export const FlowMatrix = ({ session }: ViewProps) => {
  follow(session.version);
  const { kinds, of, most, omitted } = flowOf(latestOf(session.journal.metrics));
  if (kinds.length === 0) return null;
  const senders = kinds.filter((from) => kinds.some((to) => of(from, to) > 0));
  const receivers = kinds.filter((to) => kinds.some((from) => of(from, to) > 0));
  return (
    <Panel
      title="Messages a second, from row to column"
      class="flow"
      end={omitted === 0 ? undefined : <span class="soft">{counted(omitted, 'more kind')}</span>}
    >
      <div class="scroll" role="region" aria-label="Flow between kinds" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">from</th>
              {receivers.map((to) => (
                <th key={to} scope="col" class="number">
                  {nameOf(to)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {senders.map((from) => (
              <tr key={from}>
                <th scope="row">{nameOf(from)}</th>
                {receivers.map((to) => {
                  const rate = of(from, to);
                  return (
                    <td
                      key={to}
                      class="number"
                      style={{ '--heat': most === 0 ? '0' : (rate / most).toFixed(2) }}
                    >
                      {rate === 0 ? <span class="soft">·</span> : amountText(rate)}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
};
