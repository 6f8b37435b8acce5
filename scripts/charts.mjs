#!/usr/bin/env node
/**
 * Draws the charts of this project into docs/charts, and lists them in docs/charts.md: `npm run charts`. With `--check` nothing is
 * written; pictures that no longer are what would be drawn are named, and the exit code is 1.
 */
import { readdir, readFile, rm, writeFile, mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { layoutChart, renderChart, toChart, toSvg } from '../src/inspector/index.ts';
import { drawingLimits } from '../src/limits.ts';
import { isMachine } from '../src/inspector/draw/machine.ts';

const root = new URL('../', import.meta.url);
const pictures = new URL('docs/charts/', root);
const page = new URL('docs/charts.md', root);
const check = process.argv.includes('--check');

const folders = [
  { folder: 'machines/', title: 'Charts of troupe/machines', skip: ['index.ts'] },
  { folder: 'examples/order-processing/machines/', title: 'Charts of the order system', skip: [] },
];

const kebab = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Every machine in the files of a folder, by the order of the files. */
const machinesIn = async ({ folder, skip }) => {
  const files = (await readdir(new URL(folder, root))).filter(
    (name) => name.endsWith('.ts') && !skip.includes(name),
  );
  const found = [];
  for (const file of files.sort()) {
    const module = await import(new URL(`${folder}${file}`, root).href);
    for (const [name, machine] of Object.entries(module)) {
      if (isMachine(machine)) found.push({ name, machine, source: `${folder}${file}` });
    }
  }
  return found;
};

const HEAD = `# The charts, drawn

Every chart of this project, as \`troupe draw\` draws it. Made by \`npm run charts\`; a test fails when a picture is stale. Colours are those of
your browser, light or dark.

A box is a state. Under its name stand its tags, what it does on \`entry\` and \`exit\`, the actors it invokes (\`do\`), and its internal transitions; an arrow is a
transition: **event**, [guard], / actions. Candidates for the same event are numbered in the order in which they are tried. A double border is a final state,
a dot is where a state starts, H and H\\* are history, dashed boxes are parallel regions.

## Drawing your own

\`\`\`bash
npx troupe draw order.ts -o order.svg                     # a TypeScript file, no build step; colours follow the reader
npx troupe draw order.ts -o order.png --theme dark        # --scale 3; --font NotoSansSC.ttf for other scripts
npx troupe draw order.ts -o order.svg --direction right --collapse order.paying
npx troupe draw order.ts --format outline                 # in the terminal; also mermaid, json, geometry
npx troupe draw order.ts --problems                       # what is most likely wrong; exit code 1 if anything is
\`\`\`

The module is run: what it prints goes to standard error, so that the drawing stays whole. One that ends the process, or is not loaded within 20 seconds,
has failed (exit code 2).

The same chart gives the same bytes. Where no layout with arrows is found (in ${drawingLimits.layout / 1000} seconds), the chart is drawn as an outline: states in states, transitions as rows.
A drawing has at most ${drawingLimits.states} states and ${drawingLimits.arrows} arrows (one for all transitions between the same two states). With more than 300 arrows, what they are
stands in the boxes they leave. Time of the processor, on a machine with two slow cores, from nothing:

| states                | transitions | arrows | time  | labels   |
| --------------------- | ----------- | ------ | ----- | -------- |
| 60, in six regions    | 162         | 156    | 1.3 s | at them  |
| 60, all in one        | 120         | 115    | 1.7 s | at them  |
| 100, in ten groups    | 300         | 280    | 2.6 s | at them  |
| 100, all in one       | 300         | 275    | 4.9 s | at them  |
| 100, all in one       | 800         | 596    | 6.0 s | in boxes |
| 300, in thirty groups | 700         | 658    | 2.5 s | in boxes |

Layout is by [ELK](https://eclipse.dev/elk/) (elkjs, EPL-2.0). PNG needs two optional packages: @resvg/resvg-wasm (MPL-2.0) and
@expo-google-fonts/jetbrains-mono (the font is under the SIL Open Font License 1.1); no font of the machine is used.

From code: \`toSvg(renderChart(await layoutChart(toChart(machine)), { coverage }))\` of troupe/inspector. What lies on a chart (active states, the last transition,
timers, coverage, problems) is an \`Overlay\`, by the ids that \`edgesOf(chart)\` gives.
`;

const drawn = new Map();
const sections = [];
for (const { folder, title, skip } of folders) {
  const entries = [];
  for (const { name, machine, source } of await machinesIn({ folder, skip })) {
    const file = `${folder === 'machines/' ? '' : 'order-processing-'}${kebab(name)}.svg`;
    const geometry = await layoutChart(toChart(machine));
    drawn.set(file, toSvg(renderChart(geometry)));
    entries.push(`### ${name}\n\n[${source}](../${source})\n\n![Statechart of ${name}](charts/${file})\n`);
  }
  sections.push(`## ${title}\n\n${entries.join('\n')}`);
}
const text = `${HEAD}\n${sections.join('\n')}`;

const stored = async (url) => readFile(url, 'utf8').catch(() => undefined);
const present = (await readdir(pictures).catch(() => [])).filter((name) => name.endsWith('.svg'));
const stale = [
  ...present.filter((name) => !drawn.has(name)),
  ...(
    await Promise.all(
      [...drawn].map(async ([name, svg]) => ((await stored(new URL(name, pictures))) === svg ? [] : [name])),
    )
  ).flat(),
  ...((await stored(page)) === text ? [] : ['../charts.md']),
];

if (check) {
  for (const name of stale) console.log(`stale: ${fileURLToPath(new URL(name, pictures))}`);
  if (stale.length > 0) console.log('npm run charts draws them again');
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  await mkdir(pictures, { recursive: true });
  for (const name of present) if (!drawn.has(name)) await rm(new URL(name, pictures));
  for (const [name, svg] of drawn) await writeFile(new URL(name, pictures), svg);
  await writeFile(page, text);
  console.log(`${drawn.size} charts drawn, ${stale.length} of the files have changed`);
}
