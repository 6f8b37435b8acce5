/** Values of a configuration block; sizes as text (`256M`). */
export type Settings = Readonly<Record<string, string | number | boolean>>;

export interface ClusterConfig {
  readonly name: string;
  /** Where this server listens for the others. */
  readonly port: number;
  /** Route ports of all members; a server ignores the one that is its own. */
  readonly routes: readonly number[];
}

export interface ServerConfig {
  readonly name?: string;
  readonly host: string;
  /** -1: any free port. */
  readonly port: number;
  /** Absent: no JetStream. */
  readonly jetstream?: Settings;
  readonly cluster?: ClusterConfig;
  /** Lines in nats-server's own language, put at the end. */
  readonly extra?: string;
}

/** JSON's text escapes are a subset of those nats-server's configuration language knows. */
const quote = (value: string | number | boolean): string => JSON.stringify(value);

/** The text of a configuration file. (Language: NATS documentation, "Configuring NATS Server".) */
export function renderConfig({ name, host, port, jetstream, cluster, extra }: ServerConfig): string {
  const lines = [`host: ${quote(host)}`, `port: ${port}`];
  if (name !== undefined) lines.push(`server_name: ${quote(name)}`);
  if (jetstream !== undefined) {
    const fields = Object.entries(jetstream).map(([key, value]) => `  ${key}: ${quote(value)}`);
    lines.push('jetstream {', ...fields, '}');
  }
  if (cluster !== undefined)
    lines.push(`http: ${quote(`${bracketed(host)}:-1`)}`, ...clusterLines(cluster, host));
  if (extra !== undefined) lines.push(extra);
  return `${lines.join('\n')}\n`;
}

/** `no_advertise`: clients get the addresses we hand out and no others, so that a test's proxy is not bypassed. */
function clusterLines({ name, port, routes }: ClusterConfig, host: string): string[] {
  const urls = routes.map((route) => `    ${quote(`nats-route://${bracketed(host)}:${route}`)}`);
  return [
    'cluster {',
    `  name: ${quote(name)}`,
    `  host: ${quote(host)}`,
    `  port: ${port}`,
    '  no_advertise: true',
    '  routes: [',
    ...urls,
    '  ]',
    '}',
  ];
}

/** An IPv6 address wants brackets before a port. */
export const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);
