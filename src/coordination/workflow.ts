import { fromPromise } from 'xstate';
import { validateWorkflow } from '../../machines/workflow-definition.ts';
import { workflow } from '../../machines/workflow.ts';
import type { StepInput, WorkflowDefinition, WorkflowInput } from '../../machines/workflow-protocol.ts';
import { hostOf } from '../actor/host.ts';
import { TroupeError } from '../errors.ts';
import { clientOf, type Client } from './rpc.ts';
import { speak } from '../actor/speak.ts';

export interface Workflow {
  /** Spawn it with `input(id, variables)`. */
  readonly logic: typeof workflow;
  input(id: string, variables?: Readonly<Record<string, unknown>>): WorkflowInput;
}

type AnyService = Readonly<Record<string, (input: unknown) => unknown>>;

/**
 * A workflow run by an orchestrator (seed 004, 4.1 and 6.1): each step calls `action` of `service` with its input. A service is whoever
 * answers for that name at that moment (`system.serve`), so services come and go at run time without the workflow knowing.
 * @throws TroupeError INVALID_OPTION listing everything that is wrong with the definition
 */
export function defineWorkflow(definition: WorkflowDefinition): Workflow {
  const problems = validateWorkflow(definition);
  if (problems.length > 0) {
    const list = problems.map(({ message }) => message).join(' ');
    throw new TroupeError('INVALID_OPTION', `The workflow "${definition.id}" cannot run. ${list}`, {
      data: problems,
    });
  }
  const logic = workflow.provide({
    actions: { tell: speak },
    actors: {
      perform: fromPromise<unknown, StepInput>(async ({ input, system, signal }) => {
        const host = hostOf(system, 'workflow');
        const service: Client<AnyService> = clientOf(async (event, options) =>
          host.ask(input.service, event, { signal, ...options }),
        );
        const options = { id: `${input.workflow}/${input.step}`, timeout: input.timeout };
        return service[input.action]?.(input.input, options);
      }),
    },
  });
  return { logic, input: (id, variables = {}) => ({ definition, id, variables }) };
}
