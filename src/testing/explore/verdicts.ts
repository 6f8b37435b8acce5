import type { Property } from '../model/spec.ts';
import { endingWithout } from './ending.ts';
import type { Graph } from './graph.ts';
import { DETERMINISM, NO_FAILURE, type Finding } from './judge.ts';
import type { Ints } from './ints.ts';
import { lassoWithout } from './liveness/lasso.ts';
import type { Search } from './search.ts';
import type { Step } from './step.ts';
import { traceOf } from './trace.ts';
import type { PropertyVerdict } from './verdict.ts';

type Judged = Pick<Property, 'name' | 'kind' | 'fairness'>;

/** The two properties that every system has. */
const implicit: readonly Judged[] = [
  { name: NO_FAILURE, kind: 'always' },
  { name: DETERMINISM, kind: 'always' },
];

/** A run that decides a property. */
interface Way {
  readonly steps: readonly Step[];
  /** From which step on it goes round for ever. */
  readonly loop?: number;
}

/** What a search has found out about each property. */
export function verdictsOf(graph: Graph, search: Search): PropertyVerdict[] {
  const { judge, ends, stoppedBy } = search;
  const judged: readonly Judged[] = [...implicit, ...graph.model.tables.system.properties];
  return judged.map((property): PropertyVerdict => {
    const marks = judge.marks.get(property as Property);
    const way =
      marks === undefined
        ? wayOf(graph, judge.found.get(property.name))
        : wayWithout(graph, property, marks, ends);
    if (way !== undefined) return decided(graph, property, way);
    const { name, kind } = property;
    const unknown = stoppedBy !== undefined || (marks !== undefined && graph.reduced);
    return { name, kind, holds: unknown ? null : kind !== 'sometimes', steps: null };
  });
}

function decided(graph: Graph, { name, kind }: Judged, { steps, loop }: Way): PropertyVerdict {
  const trace = traceOf(graph.model, graph.real(steps), loop);
  return { name, kind, holds: kind === 'sometimes', steps: steps.length, trace };
}

const wayOf = (graph: Graph, finding: Finding | undefined): Way | undefined =>
  finding && {
    steps: [...graph.way(finding.state), ...(finding.step === undefined ? [] : [finding.step])],
  };

/** A run on which an `eventually` never holds: one that ends, or else one that goes round for ever. */
function wayWithout(graph: Graph, { fairness = 'weak' }: Judged, marks: Ints, ends: Ints): Way | undefined {
  const steps = endingWithout(graph, marks, ends);
  if (steps !== undefined) return { steps };
  // In a reduced graph a cycle may be missing, or be none: what comes back may come back under other names.
  const lasso = graph.reduced ? undefined : lassoWithout(graph, marks, fairness);
  return lasso && { steps: [...lasso.stem, ...lasso.cycle], loop: lasso.stem.length };
}
