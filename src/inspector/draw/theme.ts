/** The colours of a drawing. In the page they are custom properties (`--chart-ink`); where there are none, they are written out. */
export interface Theme {
  readonly canvas: string;
  readonly box: string;
  readonly header: string;
  readonly border: string;
  readonly line: string;
  readonly ink: string;
  readonly muted: string;
  readonly event: string;
  readonly guard: string;
  readonly action: string;
  readonly tag: string;
  readonly active: string;
  readonly activeBox: string;
  readonly problem: string;
  readonly missed: string;
}

export const themes: Readonly<Record<'light' | 'dark', Theme>> = {
  light: {
    canvas: '#ffffff',
    box: '#f4f6fa',
    header: '#e9edf4',
    border: '#aab4c5',
    line: '#6b778c',
    ink: '#1b2433',
    muted: '#566176',
    event: '#1a4fa8',
    guard: '#7a3aa8',
    action: '#0b6b5d',
    tag: '#6a4a08',
    active: '#1f6feb',
    activeBox: '#dbe9ff',
    problem: '#b3261e',
    missed: '#b3261e',
  },
  dark: {
    canvas: '#12161d',
    box: '#1d2430',
    header: '#252e3c',
    border: '#4d5a6e',
    line: '#8896ac',
    ink: '#e8ecf3',
    muted: '#a3afc1',
    event: '#8fbcff',
    guard: '#d3a8f5',
    action: '#7fd6c4',
    tag: '#e6c46b',
    active: '#6aa6ff',
    activeBox: '#1c3557',
    problem: '#ff9a90',
    missed: '#ff9a90',
  },
};

const FONT = "'JetBrains Mono', ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";

/** How things look, by class. Colour is never alone: what is active is also thick and marked, what was missed dashed. */
const rules = (color: (name: keyof Theme) => string): string[] => [
  `.chart{font-family:${FONT};font-size:12px;font-variant-ligatures:none}`,
  `.canvas{fill:${color('canvas')}}`,
  `.box{fill:${color('box')};stroke:${color('border')};stroke-width:1.25}`,
  `.frame{fill:none;stroke:${color('border')};stroke-width:1.25}`,
  `.band{fill:${color('header')}}`,
  `.rule{fill:none;stroke:${color('border')};stroke-width:1}`,
  `.region .frame,.region .box{stroke-dasharray:6 4}`,
  `.rim{fill:none;stroke:${color('border')};stroke-width:1.25}`,
  `.dot{fill:${color('line')}}`,
  `.title{fill:${color('ink')};font-size:13px;font-weight:700}`,
  `.event{fill:${color('event')};font-weight:700}`,
  `.rank,.keyword,.note,.more{fill:${color('muted')}}`,
  `.guard{fill:${color('guard')}}`,
  `.action{fill:${color('action')}}`,
  `.name,.target{fill:${color('ink')}}`,
  `.tag{fill:${color('tag')}}`,
  `.pill{fill:none;stroke:${color('tag')};stroke-width:1;stroke-opacity:.55}`,
  `.line{fill:none;stroke:${color('line')};stroke-width:1.25}`,
  `.head{fill:${color('line')}}`,
  `.default .line{stroke-dasharray:4 3}`,
  `.label{fill:${color('canvas')}}`,
  `.active .box{fill:${color('activeBox')};stroke:${color('active')};stroke-width:3}`,
  `.active .frame{stroke:${color('active')};stroke-width:2}`,
  `.active .rim{stroke:${color('active')};stroke-width:2}`,
  `.mark{fill:${color('active')}}`,
  `.last .line{stroke:${color('active')};stroke-width:3.5}`,
  `.last .head{fill:${color('active')}}`,
  `.underline{stroke:${color('active')};stroke-width:2}`,
  `.enabled .lamp{fill:none;stroke:${color('active')};stroke-width:1.25}`,
  `.disabled{opacity:.55}`,
  `.missed .box,.missed .frame,.missed .rim{stroke:${color('missed')};stroke-dasharray:5 4}`,
  `.missed .line{stroke:${color('missed')};stroke-dasharray:5 4}`,
  `.missed .strike{fill:none;stroke:${color('missed')};stroke-width:1;stroke-dasharray:3 3}`,
  `.warning{fill:${color('problem')}}`,
  `.sign{fill:${color('canvas')};font-size:10px;font-weight:700}`,
  `.timer{fill:${color('activeBox')};stroke:${color('active')};stroke-width:1}`,
  `.time{fill:${color('ink')};font-size:11px}`,
];

const property = (name: keyof Theme): string =>
  `--chart-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

const properties = (theme: Theme): string =>
  Object.entries(theme)
    .map(([name, value]) => `${property(name as keyof Theme)}:${value as string}`)
    .join(';');

/** For a page: rules that read the colours from custom properties, see {@link chartProperties}. */
export const chartRules = (): string => rules((name) => `var(${property(name)})`).join('\n');

/** The custom properties of a theme, to be put into a rule of the page. */
export const chartProperties = (theme: 'light' | 'dark'): string => properties(themes[theme]);

/** For a page that shows drawings in elements of class `picture`: in the reader's theme, or in the one that the page chose (`data-theme`). */
export const pageStyle = (): string => {
  const dark = `.picture{${chartProperties('dark')}}`;
  const light = `.picture{${chartProperties('light')}}`;
  return `${light}@media (prefers-color-scheme:dark){${dark}}[data-theme=light] ${light}[data-theme=dark] ${dark}.picture{${chartRules()}}`;
};

/** The style of a drawing that stands alone: in one theme, or (`auto`) in that of the reader. */
export const standaloneStyle = (theme: 'light' | 'dark' | 'auto'): string =>
  theme === 'auto'
    ? [
        `.chart{${chartProperties('light')}}`,
        `@media (prefers-color-scheme:dark){.chart{${chartProperties('dark')}}}`,
        chartRules(),
      ].join('\n')
    : rules((name) => themes[theme][name]).join('\n');
