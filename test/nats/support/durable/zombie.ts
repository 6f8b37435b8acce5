import { isDeepStrictEqual } from 'node:util';
import type { Journal } from 'troupe';
import { expect } from 'vitest';
import { audit, isQuiet } from './audit.ts';
import { commitsOf } from './books.ts';
import { join, nameOf, place, type Orders, type Outcome, type Plan } from './run.ts';
import { survive } from './survivor.ts';
import type { Report } from './victim.ts';
import type { Reserve, Victim } from './victims.ts';

export interface Revival extends Outcome {
  /** Commits of the stopped node that the store refused when it went on. */
  readonly fenced: number;
}

/**
 * The victim is stopped at a point, and taken for dead; when all is at rest without it, it goes on. The survivor has had its actors since:
 * whatever it does now, no change is stored and nothing is taken a second time. Then it is a node like any other again.
 */
export async function revive(reserve: Reserve, plan: Omit<Plan, 'layout'>, later: Orders): Promise<Revival> {
  const { url, wanted, cut, seed } = plan;
  await using survivor = await survive(url, nameOf('zombie'), seed, plan.limits);
  await using victim = await join(reserve, survivor, { ...plan, layout: 'split' });
  const { journal, until, system, written } = survivor;
  const began = performance.now();
  await place(survivor, wanted);
  const where = `seed ${seed}, stop at ${cut.at}`;
  await until((each) => isQuiet(each, wanted), where);
  const { wound } = victim;
  const recovery = performance.now() - (wound?.at ?? began);
  const what = `${where}: ${wound?.label ?? 'not reached'}`;
  const before = await allChanges(journal);
  await victim.signal('SIGCONT');
  const { node, fenced } = await rest(victim);
  const since = [...(await allChanges(journal))].filter((commit) => !before.has(commit));
  expect(since, what).toEqual([]);
  const members = (): readonly string[] => system.members().map((member) => member.node);
  await expect.poll(members, { timeout: 10_000 }).toContain(node);
  await place(survivor, later);
  const all = { ...wanted, ...later };
  audit(await until((each) => isQuiet(each, all), what), all, written, what);
  return { wound, recovery, fenced };
}

/**
 * The commits of all actors that change anything: `order/a: victim-x.7`; the id of a commit begins with the node that made it. One that
 * repeats the state it found only keeps earlier owners from storing theirs, and is what a returned node may do.
 */
async function allChanges(journal: Journal): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for await (const id of journal.ids()) {
    let state: unknown;
    for (const commit of await commitsOf(journal, id)) {
      const isSame = commit.causes.length === 0 && isDeepStrictEqual(commit.state, state);
      if (!isSame) found.add(`${id}: ${commit.id}`);
      state = commit.state;
    }
  }
  return found;
}

const PAUSE = 50;
/** Looks in a row that find it at rest: what it does by a timer comes within that time. */
const LOOKS = 6;

/** Resolves when it has nothing under way any more. */
async function rest(victim: Victim): Promise<Report> {
  let idle = 0;
  for (;;) {
    const report = await victim.tell({ do: 'report' });
    idle = report.open === 0 && report.pending === 0 ? idle + 1 : 0;
    if (idle === LOOKS) return report;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}
