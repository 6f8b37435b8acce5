/** The order system: `npm start`, `npm start -- --nats`, `npm start -- --help`. */
import { isTroupeError } from 'troupe';
import { attach } from './cluster/attached.ts';
import type { Cluster } from './cluster/cluster.ts';
import { startInProcess } from './cluster/in-process.ts';
import { startProcesses } from './cluster/processes.ts';
import { interrupted, openInspector } from './inspector.ts';
import { readOptions, usage, type Options } from './options.ts';
import { readOrders } from './orders-file.ts';
import type { Report, StyleReport } from './report.ts';
import { runStyle } from './run.ts';
import type { Style } from './styles/style.ts';
import { paintFor } from './terminal/colour.ts';
import { showProgress } from './terminal/progress.ts';
import { table } from './terminal/table.ts';
import { trickle } from './trickle.ts';

async function main(options: Options): Promise<number> {
  const orders = await readOrders(options.orders);
  const cluster = await start(options);
  const inspector = options.inspect && !options.json ? await openInspector(cluster.system) : undefined;
  try {
    const report = await runAll(cluster, options, orders);
    const text = options.json
      ? `${JSON.stringify(report)}\n`
      : `\n${table(report, paintFor(process.stdout))}`;
    process.stdout.write(text);
    if (options.stay && inspector !== undefined) {
      process.stderr.write(
        'The system stays until Ctrl-C, and orders go on coming in, one a second in each style.\n',
      );
      await trickle({ cluster, orders, styles: options.styles, nameRun, signal: interrupted() });
    }
    return report.conserved ? 0 : 1;
  } finally {
    await inspector?.close();
    await cluster.stop();
  }
}

async function start({ nats, attach: isAttached }: Options): Promise<Cluster> {
  if (isAttached) return attach();
  return nats ? startProcesses() : startInProcess();
}

/** Books are kept by run, and the services may outlive this process. */
const nameRun = ({ name }: Style): string => `${name}-${Date.now().toString(36)}`;

async function runAll(
  cluster: Cluster,
  options: Options,
  orders: Awaited<ReturnType<typeof readOrders>>,
): Promise<Report> {
  const stream = options.json ? process.stderr : process.stdout;
  const reports: StyleReport[] = [];
  for (const style of options.styles) {
    reports.push(
      await runStyle({
        cluster,
        orders,
        style,
        run: nameRun(style),
        onProgress: (tally, monitor) => showProgress(stream, style.name, tally, monitor),
      }),
    );
  }
  return {
    mode: cluster.mode,
    killed: cluster.killed,
    styles: reports,
    conserved: reports.every(({ conserved }) => conserved),
  };
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(usage);
  else process.exitCode = await main(options);
} catch (error) {
  if (!isTroupeError(error)) throw error;
  process.stderr.write(`order-processing: ${error.message}\n`);
  process.exitCode = error.code === 'USAGE' ? 2 : 1;
}
