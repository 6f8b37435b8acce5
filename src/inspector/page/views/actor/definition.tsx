import { renderChart } from '../../../draw/render.ts';
import { toMermaid } from '../../../draw/mermaid.ts';
import { toSvg } from '../../../draw/svg.ts';
import type { Geometry } from '../../../layout/geometry.ts';
import { CopyButton, download } from '../../parts/copy.tsx';
import { ValueTree } from '../../parts/value.tsx';
import { cut } from '../../parts/words.ts';
import { useSignal } from '@preact/signals';
import type { ActorParts } from './parts.ts';

const SHOWN = 20_000;

/** The chart as something to take away. */
export const DefinitionTab = ({ picture }: ActorParts) => {
  const isMermaid = useSignal(false);
  if (picture === undefined) return <p class="soft">There is no chart.</p>;
  const { chart, geometry } = picture;
  const name = chart.id.replace(/[^\w.-]+/g, '_').slice(0, 60) || 'chart';
  const json = (): string => `${JSON.stringify(chart, null, 2)}\n`;
  const mermaid = isMermaid.value ? toMermaid(chart) : '';
  return (
    <>
      <div class="row">
        <button
          type="button"
          aria-pressed={isMermaid.value}
          onClick={() => (isMermaid.value = !isMermaid.value)}
        >
          Mermaid
        </button>
        <button type="button" onClick={() => download(`${name}.json`, json(), 'application/json')}>
          Save JSON
        </button>
        <button type="button" onClick={() => download(`${name}.mmd`, toMermaid(chart), 'text/plain')}>
          Save Mermaid
        </button>
        <button
          type="button"
          disabled={geometry === undefined}
          onClick={() => download(`${name}.svg`, toSvg(renderChart(geometry as Geometry)), 'image/svg+xml')}
        >
          Save SVG
        </button>
      </div>
      {isMermaid.value ? (
        <div class="source">
          <CopyButton text={mermaid} />
          <pre class="mono scroll" tabIndex={0}>
            {cut(mermaid, SHOWN)}
          </pre>
        </div>
      ) : (
        <ValueTree value={chart} />
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
