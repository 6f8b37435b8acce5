import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';

/** What a number depends on besides the code. */
export interface Environment {
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cpus: number;
  /** GB */
  readonly memory: number;
  /** Processes that wanted a CPU in the last minute, before the first benchmark. Above 0.5 the numbers are doubtful. */
  readonly load: number;
  readonly natsServer: string;
  readonly packages: Readonly<Record<string, string>>;
}

const PACKAGES = ['xstate', 'nats', 'msgpackr', 'moleculer'];

export function readEnvironment(root: string): Omit<Environment, 'natsServer'> {
  return {
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cpus: availableParallelism(),
    memory: Math.round(totalmem() / 2 ** 30),
    load: Math.round(loadavg()[0]! * 100) / 100,
    packages: Object.fromEntries(PACKAGES.map((name) => [name, versionOf(root, name)])),
  };
}

function versionOf(root: string, name: string): string {
  const file = join(root, 'node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

export function describe({
  node,
  platform,
  cpu,
  cpus,
  memory,
  load,
  natsServer,
  packages,
}: Environment): string {
  const versions = Object.entries(packages).map(([name, version]) => `${name} ${version}`);
  return [
    `Node ${node}, ${platform}, ${cpus} x ${cpu}, ${memory} GB, load ${load} at the start`,
    `nats-server ${natsServer}, ${versions.join(', ')}`,
  ].join('\n');
}
