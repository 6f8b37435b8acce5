import { counted } from '../../counted.ts';
import { readFile } from 'node:fs/promises';
import type { AnyStateMachine } from 'xstate';
import { TroupeError } from '../../errors.ts';
import { reasonOf } from '../load.ts';

export const formats = ['svg', 'png', 'mermaid', 'json', 'outline', 'geometry'] as const;
export type Format = (typeof formats)[number];

export const formatsByExtension: Readonly<Record<string, Format>> = {
  '.svg': 'svg',
  '.png': 'png',
  '.mmd': 'mermaid',
  '.mermaid': 'mermaid',
  '.md': 'mermaid',
  '.json': 'json',
  '.txt': 'outline',
};

/** What the options of the command say about a picture. */
export interface Look {
  readonly detail: boolean;
  readonly theme?: 'light' | 'dark' | 'auto';
  readonly direction?: 'down' | 'right';
  readonly collapse?: readonly string[];
  readonly scale?: number;
  readonly font?: readonly string[];
}

const checkStates = (known: ReadonlySet<string>, names: readonly string[]): void => {
  for (const name of names) {
    if (known.has(name)) continue;
    throw new TroupeError(
      'INVALID_OPTION',
      `There is no state with the id ${JSON.stringify(name)} to collapse. --format json prints the ids.`,
    );
  }
};

const pictureOf = async (machine: AnyStateMachine, look: Look) => {
  const { layoutInWorker, problemsOf, renderChart, toChart } = await import('../../inspector/index.ts');
  const { statesOf } = await import('../../inspector/draw/chart.ts');
  const chart = toChart(machine);
  const { direction, collapse = [] } = look;
  checkStates(new Set(statesOf(chart.root).map(({ id }) => id)), collapse);
  const geometry = await layoutInWorker(chart, {
    collapsed: collapse,
    ...(direction === undefined ? {} : { direction }),
  });
  if (geometry.method === 'outline') {
    process.stderr.write('troupe: no layout with arrows was found in time: drawn as an outline\n');
  }
  if (geometry.omitted > 0 && collapse.length === 0) {
    process.stderr.write(
      `troupe: ${counted(geometry.omitted, 'state is', 'states are')} not drawn: there are too many\n`,
    );
  }
  return {
    geometry,
    render: (withProblems: boolean) =>
      renderChart(geometry, {
        collapsed: collapse,
        ...(withProblems ? { problems: problemsOf(machine) } : {}),
      }),
  };
};

const fontOf = async (file: string): Promise<Uint8Array> => {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new TroupeError(
      'NO_SUCH_FILE',
      `The font ${JSON.stringify(file)} could not be read: ${reasonOf(cause)}`,
      {
        cause,
      },
    );
  }
};

const picture = async (machine: AnyStateMachine, format: 'svg' | 'png', look: Look, problems: boolean) => {
  const { toPng, toSvg } = await import('../../inspector/index.ts');
  const { render } = await pictureOf(machine, look);
  if (format === 'svg') return toSvg(render(problems), { theme: look.theme ?? 'auto' });
  const fonts = await Promise.all((look.font ?? []).map(fontOf));
  const theme = look.theme === 'dark' ? 'dark' : 'light';
  const { scale } = look;
  return toPng(toSvg(render(problems), { theme }), { fonts, ...(scale === undefined ? {} : { scale }) });
};

/** A machine in one of the formats. `problems`: pictures show what is wrong. */
export async function render(
  machine: AnyStateMachine,
  format: Format,
  look: Look,
  problems: boolean,
): Promise<string | Uint8Array> {
  const { outlineOf, outlineText, toChart, toMermaid } = await import('../../inspector/index.ts');
  switch (format) {
    case 'mermaid':
      return toMermaid(machine, { detail: look.detail });
    case 'json':
      return `${JSON.stringify(toChart(machine), null, 2)}\n`;
    case 'outline':
      return outlineText(outlineOf(toChart(machine)));
    case 'geometry':
      return `${JSON.stringify((await pictureOf(machine, look)).geometry)}\n`;
    default:
      return picture(machine, format, look, problems);
  }
}
