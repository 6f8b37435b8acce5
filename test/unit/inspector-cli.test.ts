import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChartPicture } from '../../src/inspector/protocol.ts';
import { recordingSource } from '../../src/inspector/source/recording.ts';
import type { Entry } from '../../src/monitoring/entry.ts';
import { decodeRecording } from '../../src/monitoring/recording.ts';
import { run, type Command } from '../nats/support/command.ts';
import { troupe } from './fixtures/troupe.ts';

const project = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'troupe-inspect-'))));
afterAll(async () => rm(folder, { recursive: true, force: true }));

const file = async (name: string, text: string): Promise<string> => {
  await writeFile(join(folder, name), text);
  return join(folder, name);
};

/** A command that fails: its exit code and the one line it says. */
async function failure(...args: readonly string[]): Promise<readonly [number | null, string]> {
  const { code, out, err } = await troupe(args);
  expect(out).toBe('');
  expect(err.split('\n')).toHaveLength(2);
  return [code, err.trimEnd()];
}

const urlOf = async (command: Command): Promise<{ base: string; token: string }> => {
  const line = await command.line((each) => each.startsWith('inspector: '));
  const [base = '', token = ''] = line.slice('inspector: '.length).split('/#token=');
  return { base, token };
};

const ask = async ({ base, token }: { base: string; token: string }, path: string): Promise<unknown> =>
  (await fetch(`${base}/api/${path}`, { headers: { authorization: `Bearer ${token}` } })).json();

describe('troupe inspect', { timeout: 60_000 }, () => {
  it('shows a file of machines until Ctrl-C', async () => {
    const command = run('src/cli/main.ts', ['inspect', project('machines/circuit-breaker.ts')]);
    const at = await urlOf(command);
    expect(await ask(at, 'about')).toMatchObject({ source: 'design', name: 'circuit-breaker.ts' });
    const { kinds } = (await ask(at, 'overview')) as { kinds: { kind: string; chart: string }[] };
    const { chart } = kinds.find(({ kind }) => kind === 'circuitBreaker')!;
    const picture = (await ask(at, `chart?hash=${chart}`)) as ChartPicture;
    expect(picture.drawing!.shape.children.length).toBeGreaterThan(5);
    command.kill('SIGINT');
    const { code, err } = await command.finished;
    expect(code).toBe(0);
    expect(err).toContain('Ctrl-C ends it.');
  });

  it('ends at Ctrl-C while a file is still being loaded, and leaves nothing behind', async () => {
    const note = join(folder, 'pid');
    const loop = `import { writeFileSync } from 'node:fs';\nwriteFileSync(${JSON.stringify(note)}, String(process.pid));\nfor (;;);\n`;
    const command = run('src/cli/main.ts', ['inspect', '--port', '0', await file('loop.mjs', loop)]);
    const loading = async (): Promise<number> => Number(await readFile(note, 'utf8').catch(() => '0'));
    await expect.poll(loading, { timeout: 20_000, interval: 20 }).toBeGreaterThan(0);
    const pid = await loading();
    command.kill('SIGINT');
    expect((await command.finished).code).toBe(0);
    const isThere = (): boolean => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    };
    await expect.poll(isThere, { timeout: 10_000, interval: 20 }).toBe(false);
  });

  it('shows a recording, and names what is wrong with it', async () => {
    const header = { kind: 'recording', v: 1, source: 'live', system: 'shop' };
    const recording = await file('cut.ndjson', `${JSON.stringify(header)}\n{"kind":"st`);
    const command = run('src/cli/main.ts', ['inspect', recording]);
    const at = await urlOf(command);
    const flaws = ['Line 2, the last one, is cut off.'];
    expect(await ask(at, 'about')).toMatchObject({ source: 'recording', name: 'shop (cut.ndjson)', flaws });
    command.kill('SIGTERM');
    const { code, err } = await command.finished;
    expect([code, err.split('\n')[0]]).toEqual([0, flaws[0]]);
  });

  it('waits for apps with --stately, and says the line they need', async () => {
    const command = run('src/cli/main.ts', ['inspect', '--stately']);
    const { base, token } = await urlOf(command);
    await command.line((each) => each.includes(`${base.replace('http', 'ws')}/stately?token=${token}`));
    expect(await ask({ base, token }, 'about')).toMatchObject({ source: 'stately' });
    command.kill('SIGINT');
    expect((await command.finished).code).toBe(0);
  });

  it('refuses a file that does not load or has nothing to show: one line, exit code 2', async () => {
    const [broken, empty, data, binary] = await Promise.all([
      file('broken.ts', 'export const = 1;'),
      file('empty.ts', 'export const a = 1;'),
      file('data.json', '{"a":1}'),
      file('binary.ndjson', '\u0000\u0001\u001b[2J'),
    ]);
    const said = await Promise.all(
      ['no-such.ts', 'no-such.ndjson', broken, empty, data, binary, folder].map((target) =>
        failure('inspect', target),
      ),
    );
    expect(said.map(([code]) => code)).toEqual([2, 2, 2, 2, 2, 2, 2]);
    const texts = said.map(([, text]) => text);
    expect(texts[0]).toBe('troupe: There is no file "no-such.ts". Check the path.');
    expect(texts[1]).toBe('troupe: There is no file "no-such.ndjson". Check the path.');
    expect(texts[2]).toContain('broken.ts" could not be loaded: syntax error at ');
    expect(texts[3]).toContain('exports no machine and no workflow: "a" is the value 1');
    expect(texts[4]).toContain('is not a recording: it begins with "{\\"a\\":1}"');
    expect(texts[5]).not.toContain('\u001b');
    expect(texts[6]).toContain('is not a file.');
  });

  it('refuses wrong usage', async () => {
    const machine = project('machines/circuit-breaker.ts');
    const said = await Promise.all([
      failure('inspect', machine, '--host', '0.0.0.0'),
      failure('inspect', machine, '--port', '1.5'),
      failure('inspect', machine, '--port', '65536'),
      failure('inspect', machine, '--record', 'x.ndjson'),
      failure('inspect', machine, '--stately'),
    ]);
    expect(said.map(([code]) => code)).toEqual([2, 2, 2, 2, 2]);
    expect(said[0][1]).toContain('answers on this machine only');
    expect(said[3][1]).toBe('troupe: --record goes with a running system: leave TARGET out');
  });

  it('says when the port is taken, and when there is no server', async () => {
    const machine = project('machines/circuit-breaker.ts');
    const command = run('src/cli/main.ts', ['inspect', machine]);
    const { base } = await urlOf(command);
    const port = new URL(base).port;
    const [code, text] = await troupe(['inspect', machine, '--port', port]).then((ended) => [
      ended.code,
      ended.err,
    ]);
    expect([code, text]).toEqual([
      1,
      `troupe: PORT_IN_USE: Port ${port} is taken by another program: choose another one, or leave it out for a free one.\n`,
    ]);
    command.kill('SIGINT');
    await command.finished;
    const [none, why] = await failure('inspect', '--nats', 'nats://127.0.0.1:1', '--timeout', '500');
    expect([none, why.slice(0, 18)]).toEqual([1, 'troupe: NO_SERVER:']);
  });
});

describe('recordings of tests', { timeout: 60_000 }, () => {
  const record = async (...args: readonly string[]): Promise<readonly Entry[]> => {
    const out = join(folder, `${args[0]}.ndjson`);
    await troupe([...args, '--record', out]);
    const source = await recordingSource(out);
    expect(source.about().flaws).toEqual([]);
    return decodeRecording(await readFile(out, 'utf8')).entries;
  };
  const kinds = (entries: readonly Entry[]): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const { kind } of entries) counts[kind] = (counts[kind] ?? 0) + 1;
    return counts;
  };

  it('hold properties, coverage, charts, and the run that fails', async () => {
    const model = project('examples/model-checking/ping-pong.ts');
    const entries = await record('check', model);
    const counts = kinds(entries);
    expect(counts['property']).toBeGreaterThan(2);
    expect(counts['step']).toBeGreaterThan(0);
    const verdicts = entries.flatMap((entry) => (entry.kind === 'property' ? [entry.verdict] : []));
    expect(verdicts).toContain('fails');
  });

  it('are written where everything holds as well', async () => {
    const model = project('examples/model-checking/two-phase-commit.ts');
    for (const command of ['check', 'simulate']) {
      const entries = await record(command, model);
      expect(kinds(entries)).toMatchObject({ chart: 2, actor: 4, coverage: 2 });
      expect(kinds(entries)).not.toHaveProperty('step');
      const [coverage] = entries.filter((entry) => entry.kind === 'coverage');
      expect(Object.values(coverage!.transitions)).toContain(1);
      expect(Object.keys(coverage!.states).length).toBeGreaterThan(3);
    }
  });

  it('of paths count how often', async () => {
    const entries = await record('paths', project('test/unit/fixtures/choices.ts'));
    const [coverage] = entries.filter((entry) => entry.kind === 'coverage');
    expect(Math.max(...Object.values(coverage!.transitions))).toBeGreaterThan(0);
    expect(entries.find((entry) => entry.kind === 'property')).toMatchObject({ verdict: 'holds' });
  });
});
