import type { Server } from './server.ts';

interface Routes {
  readonly routes?: readonly { readonly remote_name?: string }[];
}

interface JetStream {
  readonly meta_cluster?: {
    readonly leader?: string;
    /** Told by the leader only. */
    readonly replicas?: readonly {
      readonly name: string;
      readonly current: boolean;
      readonly offline?: boolean;
    }[];
  };
}

/**
 * One look at a cluster through the servers' HTTP monitors: the JetStream meta leader, once a majority runs,
 * every running server has a route to every other, all name the same leader, and that leader counts all
 * others as current (before that it refuses to place replicas). Undefined while any of it is missing.
 * (Endpoints /routez and /jsz: NATS documentation, "Monitoring".)
 */
export async function metaLeader(
  servers: readonly Server[],
  signal: AbortSignal,
): Promise<Server | undefined> {
  const running = servers.filter((server) => server.running);
  // A leader that lost its majority believes in itself for some seconds more.
  if (running.length * 2 <= servers.length) return undefined;
  const views = await Promise.all(running.map((server) => look(server, signal)));
  const leader = running.find(({ name }) =>
    views.every((view) => view !== undefined && view.leader === name),
  );
  const current = views.find((view) => view?.name === leader?.name)?.current;
  const all = (names: ReadonlySet<string>, self: string | undefined): boolean =>
    running.every(({ name }) => name === self || (name !== undefined && names.has(name)));
  if (leader === undefined || current === undefined || !all(current, leader.name)) return undefined;
  return views.every((view) => view !== undefined && all(view.routes, view.name)) ? leader : undefined;
}

/** Running servers that the meta leader does not count among its group; none while there is no leader. */
export async function outsiders(servers: readonly Server[], signal: AbortSignal): Promise<Server[]> {
  const running = servers.filter((server) => server.running);
  const views = await Promise.all(running.map((server) => look(server, signal)));
  const leader = views.find((view) => view !== undefined && view.leader === view.name);
  return running.filter(
    ({ name = '' }) => leader !== undefined && name !== leader.name && !leader.group.has(name),
  );
}

interface View {
  readonly name: string | undefined;
  readonly leader: string | undefined;
  readonly routes: ReadonlySet<string>;
  /** Of the leader: the others in its group, and those of them that keep up with it. */
  readonly group: ReadonlySet<string>;
  readonly current: ReadonlySet<string>;
}

/** Undefined when the server does not answer: it may be going down or still coming up. */
async function look({ name, monitor }: Server, signal: AbortSignal): Promise<View | undefined> {
  try {
    const [{ routes = [] }, { meta_cluster: meta }] = await Promise.all([
      read<Routes>(`${monitor ?? ''}/routez`, signal),
      read<JetStream>(`${monitor ?? ''}/jsz`, signal),
    ]);
    const replicas = meta?.replicas ?? [];
    return {
      name,
      leader: meta?.leader,
      routes: new Set(routes.map((route) => route.remote_name ?? '')),
      group: new Set(replicas.map((one) => one.name)),
      current: new Set(replicas.filter((one) => one.current && one.offline !== true).map((one) => one.name)),
    };
  } catch {
    return undefined;
  }
}

const read = async <T>(url: string, signal: AbortSignal): Promise<T> =>
  (await (await fetch(url, { signal })).json()) as T;
