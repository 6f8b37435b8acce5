import type { Diagram } from './messages-diagram.ts';

/** The steps that are shown, from above. */
export const stepsOf = ({ marks }: Pick<Diagram, 'marks'>): readonly number[] => [
  ...new Set(marks.flatMap(({ occurrence }) => occurrence.step ?? [])),
];

/** The step that was asked for; when it is not shown, the last one before it that is. */
export const shownStep = (steps: readonly number[], asked: number): number =>
  steps.includes(asked)
    ? asked
    : steps.reduce((last, each) => (each < asked && each > last ? each : last), -1);
