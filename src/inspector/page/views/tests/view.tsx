import './tests.css';
import type { ChartTexts } from '../../../draw/texts.ts';
import type { Line } from '../../../../monitoring/recording.ts';
import { lineText } from '../../model/messages-states.ts';
import {
  coverageOf,
  gapOf,
  propertiesOf,
  share,
  type Coverage,
  type Covered,
  type PropertyRow,
} from '../../model/tests.ts';
import { ChartPart } from '../../parts/chart.tsx';
import { Chip, Panel, PlainTable } from '../../parts/chip.tsx';
import { CopyButton } from '../../parts/copy.tsx';
import { VirtualTable, type Column } from '../../parts/virtual.tsx';
import { cut, numberText, percentText } from '../../parts/words.ts';
import { toHash } from '../../selection.ts';
import type { Session } from '../../session.ts';
import type { ViewProps } from '../../shell/views.ts';
import { usePicture } from '../actor/picture.ts';
import { threadsOf, useDerived } from '../messages/derive.ts';

const verdicts = {
  holds: ['ok', '✓', 'holds'],
  fails: ['bad', '✗', 'fails'],
  unknown: ['warn', '?', 'not known'],
} as const;

/** Rows that are drawn at most. */
const MOST = 500;

/** Where the run can be looked at, at its last step. */
const Run = ({ steps, talks }: { readonly steps: readonly Line[]; readonly talks: boolean }) => {
  const last = steps.at(-1);
  if (last === undefined) return null;
  const [address] = Object.keys(last.snapshots);
  const { step } = last;
  return (
    <span class="row">
      <a href={toHash({ view: 'messages', step })}>Messages</a>
      {talks ? <a href={toHash({ view: 'timeline' })}>Timeline</a> : null}
      {address === undefined ? null : <a href={toHash({ view: 'actor', address, moment: step })}>Actor</a>}
    </span>
  );
};

const Properties = ({
  rows,
  steps,
  talks,
}: {
  readonly rows: readonly PropertyRow[];
  readonly steps: readonly Line[];
  /** Is there a conversation for the timeline? */
  readonly talks: boolean;
}) => (
  <Panel title="Properties">
    <PlainTable label="Properties" titles={['Verdict', 'Property', 'Searched', 'Run']}>
      {rows.slice(0, MOST).map(({ name, type, verdict, searched, replay, shown }) => (
        <tr key={name}>
          <td>
            <Chip tone={verdicts[verdict][0]} icon={verdicts[verdict][1]}>
              {verdicts[verdict][2]}
            </Chip>
          </td>
          <td class="wrap">
            {cut(name, 200)} <span class="soft">{type}</span>
            {replay === undefined || verdict === 'holds' ? null : (
              <span class="row">
                <code class="wrap">{cut(replay, 300)}</code> <CopyButton text={replay} />
              </span>
            )}
          </td>
          <td>{searched ?? ''}</td>
          <td>{shown ? <Run steps={steps} talks={talks} /> : ''}</td>
        </tr>
      ))}
    </PlainTable>
  </Panel>
);

const columns = (loop: number | undefined): readonly Column<Line>[] => [
  {
    title: 'Step',
    width: '84px',
    isNumber: true,
    cell: ({ step }) => `${loop !== undefined && step >= loop ? '↻ ' : ''}${numberText(step)}`,
  },
  {
    title: 'What happens',
    cell: (line) => (
      <a href={toHash({ view: 'messages', step: line.step })} title={lineText(line)}>
        {cut(lineText(line), 160)}
      </a>
    ),
  },
];

const Steps = ({ session, steps }: ViewProps & { readonly steps: readonly Line[] }) => {
  const { loop, property } = session.about.value;
  if (property === undefined || steps.length === 0) return null;
  return (
    <Panel title="The run that breaks it">
      {loop === undefined ? null : <p class="nothing">What is marked ↻ can repeat for ever.</p>}
      <VirtualTable
        label="Steps of the run"
        columns={columns(loop)}
        total={steps.length}
        row={(at) => steps[at]}
        keyOf={({ step }) => step}
        height="40vh"
      />
    </Panel>
  );
};

const shareText = (covered: readonly Covered[]): string => {
  const [seen, all] = share(covered);
  return `${numberText(seen)} of ${numberText(all)} (${percentText(all === 0 ? 1 : seen / all)})`;
};

const Missing = ({
  title,
  covered,
  texts,
  gap,
}: {
  readonly title: string;
  readonly covered: readonly Covered[];
  readonly texts: ChartTexts | undefined;
  readonly gap: string | undefined;
}) => {
  const missing = covered.filter(({ count }) => count === 0);
  return (
    <div>
      <h3>
        {title}: {numberText(missing.length)} not {gap === undefined ? 'reached' : 'seen'}
      </h3>
      <ul class="missing">
        {missing.slice(0, MOST).map(({ id, label, to, state }) => (
          <li key={id} class="wrap">
            <span aria-hidden="true">○ </span>
            {label === state
              ? label
              : `${cut(state, 80)}: ${cut(texts?.[id]?.[0] ?? label, 120)}${to === undefined ? '' : ` → ${cut(to, 80)}`}`}
          </li>
        ))}
      </ul>
    </div>
  );
};

const CoveragePanel = ({
  session,
  coverages,
  gap,
}: ViewProps & { readonly coverages: readonly Coverage[]; readonly gap: string | undefined }) => {
  const { options = {} } = session.selection.value;
  const coverage = coverages.find(({ machine }) => machine === options['machine']) ?? coverages[0];
  const picture = usePicture(session, coverage?.chart, { direction: 'down', collapsed: [] });
  if (coverage === undefined) return null;
  const { machine, states, transitions } = coverage;
  const counts = (covered: readonly Covered[]) =>
    Object.fromEntries(covered.map(({ id, count }) => [id, count]));
  return (
    <Panel
      title="Coverage"
      end={
        coverages.length === 1 ? (
          cut(machine, 60)
        ) : (
          <select
            aria-label="Machine"
            value={machine}
            onChange={(event) => session.select({ options: { machine: event.currentTarget.value } })}
          >
            {coverages.map((each) => (
              <option key={each.machine}>{each.machine}</option>
            ))}
          </select>
        )
      }
    >
      <div class="body covered">
        <div>
          <p>
            States {shareText(states)}, transitions {shareText(transitions)}. What was{' '}
            {gap === undefined ? 'not reached' : `not seen (${gap})`} is dashed on the chart.
          </p>
          <Missing title="States" covered={states} texts={picture?.texts} gap={gap} />
          <Missing title="Transitions" covered={transitions} texts={picture?.texts} gap={gap} />
        </div>
        {picture === undefined ? (
          <p class="nothing">The recording has no chart of this machine.</p>
        ) : (
          <ChartPart
            picture={picture}
            look={{ overlay: { coverage: { states: counts(states), transitions: counts(transitions) } } }}
          />
        )}
      </div>
    </Panel>
  );
};

const derive = (session: Session) => ({
  properties: propertiesOf(session.journal, session.about.peek()),
  coverages: coverageOf(session.journal),
  gap: gapOf(session.journal, session.about.peek()),
  // A copy: components are drawn again only when what they are given is another object.
  steps: [...session.journal.steps],
  talks: session.about.peek().property !== undefined && threadsOf(session).conversations.length > 0,
});

/** What tests say of the system. */
export const TestsView = ({ session }: ViewProps) => {
  const { properties, coverages, gap, steps, talks } = useDerived(session, derive);
  if (properties.length === 0 && coverages.length === 0)
    return (
      <>
        <h1 class="unseen">Tests</h1>
        <p class="nothing">
          There is nothing of a test here. Open what <code>troupe check</code>, <code>simulate</code> or{' '}
          <code>paths</code> write with <code>--record FILE</code>.
        </p>
      </>
    );
  return (
    <div class="tests">
      <h1 class="unseen">Tests</h1>
      {properties.length === 0 ? null : <Properties rows={properties} steps={steps} talks={talks} />}
      <Steps session={session} steps={steps} />
      <CoveragePanel session={session} coverages={coverages} gap={gap} />
    </div>
  );
};
