import { explanationText } from '../testing/explore/explanation-text.ts';
import type { Exploration, PropertyVerdict } from '../testing/explore/verdict.ts';
import { formatTrace, type Form } from '../testing/report/form.ts';
import { vacuityText } from '../testing/report/vacuity.ts';
import type { Params } from './load-system.ts';
import { table } from './show.ts';

export interface ReportContext {
  readonly params: Params;
  readonly form: Form;
  /** All of what was not seen, and not only the beginning of long lists. */
  readonly all: boolean;
  /** The command that finds the same again. */
  readonly replay: string;
}

/** Quoted for a shell where it has to be. */
export const word = (text: string): string =>
  /^[\w./:=@,+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

export function replayOf(file: string, name: string | undefined, params: Params): string {
  const given = Object.entries(params).flatMap(([key, value]) => ['--param', word(`${key}=${value}`)]);
  return ['troupe check', word(file), ...(name === undefined ? [] : ['--export', word(name)]), ...given].join(
    ' ',
  );
}

/** The run that goes with a property; empty without one. */
export function runOf({ name, trace }: PropertyVerdict, { form, replay }: ReportContext): string {
  return trace === undefined ? '' : formatTrace(trace, form, { source: 'check', property: name, replay });
}

/** The verdict as one line of JSON; runs are left out. */
export function toJson(found: Exploration, params: Params): string {
  const { model, distinctStates, generatedStates, depth, complete, seconds, stoppedBy } = found;
  const properties = found.properties.map(({ name, kind, holds, steps }) => ({ name, kind, holds, steps }));
  return JSON.stringify({
    model,
    params,
    distinctStates,
    generatedStates,
    depth,
    complete,
    seconds,
    properties,
    ...(stoppedBy === undefined ? {} : { stoppedBy }),
    vacuity: found.vacuity,
    ...(found.explanation === undefined ? {} : { explanation: found.explanation }),
  });
}

const STOPPED = {
  states: 'the bound of states was reached (--max-states)',
  memory: 'the bound of memory was reached (--max-memory)',
  time: 'the time was over (--max-seconds)',
  failure: 'a property failed (--fail-fast)',
};

const number = (value: number): string => value.toLocaleString('en-US');

const verdict = ({ holds, kind }: PropertyVerdict): string => {
  if (holds === null) return 'unknown';
  if (kind === 'sometimes') return holds ? 'reached' : 'NEVER';
  return holds ? 'holds' : 'FAILS';
};

function summary({ distinctStates, generatedStates, depth, seconds, stoppedBy }: Exploration): string {
  const rate = seconds === 0 ? '' : `, ${number(Math.round(distinctStates / seconds))} states/s`;
  const counts = `${number(distinctStates)} states, ${number(generatedStates)} generated, depth ${depth}, ${seconds} s${rate}`;
  return stoppedBy === undefined
    ? counts
    : `${counts}\nNot all states were looked at: ${STOPPED[stoppedBy]}.`;
}

/** A verdict for people: counts, a line for each property, a run for each that fails. */
export function reportOf(found: Exploration, context: ReportContext): string {
  const given = Object.entries(context.params).map(([name, value]) => `${name}=${value}`);
  const rows = found.properties.map((property) => [
    `  ${verdict(property)}`,
    property.kind,
    property.name,
    property.steps === null ? '' : String(property.steps),
  ]);
  const failing = found.properties.flatMap((property) =>
    property.trace === undefined || property.kind === 'sometimes'
      ? []
      : [
          `"${property.name}" fails after ${property.trace.steps.length} steps:\n${runOf(property, context).trimEnd()}\n\nAgain: ${context.replay}`,
        ],
  );
  const { explanation } = found;
  const unseen = vacuityText(found.vacuity, context.all);
  return `${[
    [found.model, ...given].join(' '),
    summary(found),
    '',
    table(['  verdict', 'kind', 'property', 'steps'], rows),
    ...(unseen === '' ? [] : ['', unseen]),
    ...failing.flatMap((text) => ['', text]),
    ...(explanation === undefined ? [] : ['', explanationText(explanation)]),
  ].join('\n')}\n`;
}
