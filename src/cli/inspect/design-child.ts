/** A process of its own that loads a user's module, says what charts it exports, and ends: nothing of the module stays. */
import { toChart } from '../../inspector/draw/to-chart.ts';
import { isMachine } from '../../inspector/draw/machine.ts';
import { workflowChart } from '../../inspector/draw/workflow-chart.ts';
import { validateWorkflow } from '../../../machines/workflow-definition.ts';
import type { WorkflowDefinition } from '../../../machines/workflow-protocol.ts';
import { problemsOf } from '../../inspector/draw/problems.ts';
import type { DesignChart } from '../../inspector/source/design.ts';
import type { ChartProblem } from '../../inspector/protocol.ts';
import type { AnyStateMachine } from 'xstate';
import { describe, importModule, oneLine } from '../load.ts';

/** What the process says before it ends. */
export interface Loaded {
  readonly charts: readonly DesignChart[];
  readonly flaws: readonly string[];
  /** Files that were loaded, as URLs. */
  readonly files: readonly string[];
  readonly error?: { readonly code: string; readonly message: string };
}

/** More charts of one file are not looked at. */
const CHARTS = 200;

/** What `defineWorkflow` returns does not show its definition, but hands it to every run. */
const unwrapped = (value: unknown): unknown => {
  const { logic, input } = (value ?? {}) as { logic?: unknown; input?: unknown };
  if (!isMachine(logic) || typeof input !== 'function') return value;
  return (input as (id: string) => { definition?: unknown } | undefined)('design')?.definition;
};

const definitionOf = (value: unknown): WorkflowDefinition | undefined => {
  const definition = unwrapped(value);
  const { id, steps } = (definition ?? {}) as Partial<Record<keyof WorkflowDefinition, unknown>>;
  const isStep = (step: unknown): boolean =>
    typeof (step as { id?: unknown } | null)?.id === 'string' &&
    typeof (step as { service?: unknown }).service === 'string';
  const isDefinition =
    typeof id === 'string' && Array.isArray(steps) && steps.length > 0 && steps.every(isStep);
  return isDefinition ? (definition as WorkflowDefinition) : undefined;
};

const problemsIn = (machine: AnyStateMachine): ChartProblem[] =>
  problemsOf(machine).map(({ at, text }) => ({ at, text }));

const workflowProblems = (definition: WorkflowDefinition): ChartProblem[] =>
  validateWorkflow(definition).map(({ step, message }) => ({
    at: step === undefined ? definition.id : `${definition.id}.${step}`,
    text: message,
  }));

function chartsOf(exports: Readonly<Record<string, unknown>>): Pick<Loaded, 'charts' | 'flaws'> {
  const [charts, flaws, seen]: [DesignChart[], string[], Set<unknown>] = [[], [], new Set()];
  for (const [name, value] of Object.entries(exports)) {
    if (seen.has(value) || charts.length >= CHARTS) continue;
    seen.add(value);
    try {
      const definition = definitionOf(value);
      if (isMachine(value)) charts.push({ name, chart: toChart(value), problems: problemsIn(value) });
      else if (definition !== undefined)
        charts.push({ name, chart: workflowChart(definition), problems: workflowProblems(definition) });
    } catch (error) {
      flaws.push(`${name}: ${oneLine(error instanceof Error ? error.message : String(error))}`);
    }
  }
  return { charts, flaws };
}

const nothing = (file: string, exports: Readonly<Record<string, unknown>>): Loaded['error'] => {
  const found = Object.entries(exports).map(([name, value]) => `"${name}" is ${describe(value)}`);
  const has = found.length === 0 ? 'it exports nothing' : found.join(', ');
  return {
    code: 'NO_MACHINE',
    message: `"${file}" exports no machine and no workflow: ${has}. Export what createMachine or defineWorkflow returns.`,
  };
};

async function load(file: string): Promise<Loaded> {
  const files: string[] = [];
  try {
    const exports = await importModule(file, (url) => files.push(url));
    const { charts, flaws } = chartsOf(exports);
    const error = charts.length === 0 && flaws.length === 0 ? nothing(file, exports) : undefined;
    return { charts, flaws, files, ...(error === undefined ? {} : { error }) };
  } catch (error) {
    const { code = 'MODULE_FAILED', message } = error as { code?: string; message: string };
    return { charts: [], flaws: [], files, error: { code, message } };
  }
}

// Who asked is gone, and cannot end it any more.
process.on('disconnect', () => process.exit());

const [, , file = ''] = process.argv;
process.send?.(await load(file), () => process.exit());
