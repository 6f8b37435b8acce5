import { CopyButton, save } from '../../parts/copy.tsx';
import { ValueTree } from '../../parts/value.tsx';
import { cut } from '../../parts/words.ts';
import { useSignal } from '../../signal.ts';
import type { ActorParts } from './parts.ts';

const SHOWN = 20_000;

/** The chart as something to take away. The forms other than JSON are made by the server. */
export const DefinitionTab = ({ session, picture, ask }: ActorParts) => {
  const mermaid = useSignal<string | undefined>(undefined);
  if (picture === undefined || ask === undefined) return <p class="soft">There is no chart.</p>;
  const { chart, drawing } = picture;
  const name = chart.id.replace(/[^\w.-]+/g, '_').slice(0, 60) || 'chart';
  const textOf = (form: 'mermaid' | 'svg'): Promise<string> => session.client.chartText(form, ...ask);
  const show = (): void => {
    if (mermaid.value !== undefined) mermaid.value = undefined;
    else
      textOf('mermaid').then(
        (text) => (mermaid.value = text),
        () => undefined,
      );
  };
  return (
    <>
      <div class="row">
        <button type="button" aria-pressed={mermaid.value !== undefined} onClick={show}>
          Mermaid
        </button>
        <button
          type="button"
          onClick={() =>
            save(`${name}.json`, Promise.resolve(`${JSON.stringify(chart, null, 2)}\n`), 'application/json')
          }
        >
          Save JSON
        </button>
        <button type="button" onClick={() => save(`${name}.mmd`, textOf('mermaid'), 'text/plain')}>
          Save Mermaid
        </button>
        <button
          type="button"
          disabled={drawing === undefined}
          onClick={() => save(`${name}.svg`, textOf('svg'), 'image/svg+xml')}
        >
          Save SVG
        </button>
      </div>
      {mermaid.value === undefined ? (
        <ValueTree value={chart} />
      ) : (
        <div class="source">
          <CopyButton text={mermaid.value} />
          <pre class="mono scroll" tabIndex={0}>
            {cut(mermaid.value, SHOWN)}
          </pre>
        </div>
      )}
    </>
  );
};

/** What is wrong with the chart. */
export const ProblemsTab = ({ picture }: ActorParts) => {
  if (picture === undefined) return <p class="soft">There is no chart.</p>;
  const { problems } = picture;
  if (problems.length === 0) return <p class="tone-ok">✓ Nothing found.</p>;
  return (
    <ul class="problems">
      {problems.slice(0, 200).map(({ at, text }) => (
        <li key={`${at} ${text}`} class="wrap">
          <span class="tone-warn" aria-hidden="true">
            ▲{' '}
          </span>
          {text} <span class="soft mono">{cut(at, 120)}</span>
        </li>
      ))}
    </ul>
  );
};
