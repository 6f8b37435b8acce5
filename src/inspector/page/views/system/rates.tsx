import { ratesOf } from '../../model/rates.ts';
import { Panel, type Tone } from '../../parts/chip.tsx';
import { Sparkline } from '../../parts/spark.tsx';
import { amountText, percentText } from '../../parts/words.ts';
import type { ViewProps } from '../../shell/views.ts';
import { follow } from '../../parts/follow.ts';

const Curve = ({
  label,
  unit,
  values,
  tone = 'plain',
}: {
  readonly label: string;
  readonly unit: string;
  readonly values: readonly number[];
  readonly tone?: Tone;
}) => {
  const last = values.at(-1) ?? 0;
  return (
    <div class="curve">
      <div class="row between">
        <span class="soft">{label}</span>
        <strong>{last === 0 && unit === ' ms' ? '–' : `${amountText(last)}${unit}`}</strong>
      </div>
      <Sparkline values={values} label={label} unit={unit} tone={tone} />
    </div>
  );
};

/** The last 5 minutes of the whole system. */
export const RatesPanel = ({ session }: ViewProps) => {
  follow(session.version);
  const { metrics } = session.journal;
  const nodes = session.overview.value?.nodes ?? [];
  const rates = ratesOf(metrics);
  const available =
    nodes.reduce((sum, { availability }) => sum + availability, 0) / Math.max(1, nodes.length);
  return (
    <Panel
      title="Last 5 minutes"
      end={nodes.length === 0 ? undefined : <span class="soft">{`${percentText(available)} available`}</span>}
    >
      {metrics.length === 0 ? (
        <p class="nothing">Nothing was measured.</p>
      ) : (
        <div class="body curves">
          <Curve label="handled" unit="/s" values={rates.handled} />
          <Curve label="p50" unit=" ms" values={rates.p50} />
          <Curve label="p99" unit=" ms" values={rates.p99} />
          <Curve
            label="errors"
            unit=" %"
            values={rates.errors}
            tone={(rates.errors.at(-1) ?? 0) > 0 ? 'bad' : 'plain'}
          />
          <Curve
            label="dead letters"
            unit="/s"
            values={rates.letters}
            tone={(rates.letters.at(-1) ?? 0) > 0 ? 'bad' : 'plain'}
          />
        </div>
      )}
    </Panel>
  );
};
