import type { Failure, SimulatedVerdict, Simulation } from '../testing/simulate/report.ts';
import { formatTrace, type Form } from '../testing/report/form.ts';
import { vacuityText } from '../testing/report/vacuity.ts';
import { word } from './check-report.ts';
import type { Params } from './load-system.ts';
import { table } from './show.ts';

export interface SimulationContext {
  readonly file: string;
  readonly export: string | undefined;
  readonly params: Params;
  readonly form: Form;
}

/** The command that makes the run of a token happen again. */
export const replayOf = (context: SimulationContext, token: string): string =>
  `${commandOf(context)} --replay ${token}`;

const commandOf = ({ file, export: name, params }: SimulationContext): string =>
  [
    'troupe simulate',
    word(file),
    ...(name === undefined ? [] : ['--export', word(name)]),
    ...Object.entries(params).flatMap(([key, value]) => ['--param', word(`${key}=${value}`)]),
  ].join(' ');

/** The failing run in the form that was asked for. */
export const runOf = ({ trace, property, token }: Failure, context: SimulationContext): string =>
  formatTrace(trace, context.form, { source: 'simulate', property, replay: replayOf(context, token) });

/** The report as one line of JSON; of the run, its actions. */
export function toJson({ failure, ...found }: Simulation, { params }: SimulationContext): string {
  if (failure === undefined) return JSON.stringify({ ...found, params });
  return JSON.stringify({ ...found, params, failure: { ...failure, trace: undefined } });
}

const number = (value: number): string => value.toLocaleString('en-US');

const verdict = ({ holds, kind }: SimulatedVerdict): string => {
  if (holds === null) return kind === 'sometimes' ? 'NEVER' : 'unknown';
  if (kind === 'sometimes') return 'reached';
  return holds ? 'held' : 'FAILS';
};

const size = ({ steps, faults }: Failure['shrunk']): string =>
  `${steps} ${steps === 1 ? 'step' : 'steps'} with ${faults} ${faults === 1 ? 'fault' : 'faults'}`;

const failing = (failure: Failure, context: SimulationContext): string => {
  const { property, run, seed, original, shrunk, token } = failure;
  const smaller = failure.attempts === 0 ? '' : `, shrunk to ${size(shrunk)}`;
  return [
    `"${property}" fails in run ${run} (seed ${seed}): ${size(original)}${smaller}:`,
    runOf(failure, context).trimEnd(),
    '',
    'Again:',
    replayOf(context, token),
  ].join('\n');
};

const counted = (counts: Simulation['counts']): string =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(
      ([name, count]) => `${number(count)} ${name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}`,
    )
    .join(', ');

/** The report for people: what was run, a line for each property, the failing run and how to see it again. */
export function reportOf(found: Simulation, context: SimulationContext): string {
  const { model, runs, steps, time, seed, transitions, failure } = found;
  const given = Object.entries(context.params).map(([name, value]) => `${name}=${value}`);
  const unseen = vacuityText(found.vacuity, false);
  const rows = found.properties.map((property) => [`  ${verdict(property)}`, property.kind, property.name]);
  return `${[
    [model, ...given].join(' '),
    `${number(runs)} ${runs === 1 ? 'run' : 'runs'} from seed ${seed}, ${number(steps)} steps, ${number(Math.round(time))} ms of virtual time`,
    counted(found.counts),
    `${transitions.taken} of ${transitions.total} transitions taken`,
    '',
    table(['  verdict', 'kind', 'property'], rows),
    ...(unseen === '' ? [] : ['', unseen]),
    ...(failure === undefined ? [] : ['', failing(failure, context)]),
  ].join('\n')}\n`;
}
