import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** One `deb` entry of the machine's package sources (sources.list(5)). */
export interface Source {
  readonly uris: readonly string[];
  readonly suites: readonly string[];
  readonly components: readonly string[];
  /** Paths, fingerprints, or a whole key block in deb822's folded form; kept as it was written. */
  readonly signedBy?: string;
}

/** A Debian archive this machine trusts, and by which key. */
export interface Archive {
  readonly uri: string;
  readonly signedBy?: string;
}

const words = (text: string | undefined): string[] => (text ?? '').split(/\s+/).filter((word) => word !== '');

const oneLine = /^deb\s+(?:\[(?<options>[^\]]*)\]\s+)?(?<uri>\S+)\s+(?<suite>\S+)(?<components>.*)$/;

/** The classic format: `deb [option=value …] uri suite component…`, one entry a line. `deb-src` is left out. */
export function parseList(text: string): Source[] {
  return text.split('\n').flatMap((line) => {
    const entry = oneLine.exec(line.replace(/#.*/, '').trim())?.groups;
    if (entry === undefined) return [];
    const option = words(entry['options']).find((word) => word.startsWith('signed-by='));
    const signedBy = option?.slice('signed-by='.length);
    return [
      {
        uris: words(entry['uri']),
        suites: words(entry['suite']),
        components: words(entry['components']),
        ...(signedBy === undefined ? {} : { signedBy }),
      },
    ];
  });
}

/** The deb822 format: stanzas of `Field: value`, folded lines indented, apart by empty lines. */
export function parseDeb822(text: string): Source[] {
  const lines = text.split('\n').filter((line) => !line.startsWith('#'));
  return lines
    .join('\n')
    .split(/\n[ \t]*\n/)
    .map(fieldsOf)
    .filter((fields) => words(fields.get('types')).includes('deb') && !isDisabled(fields.get('enabled')))
    .map((fields) => {
      const signedBy = fields.get('signed-by')?.trimEnd();
      return {
        uris: words(fields.get('uris')),
        suites: words(fields.get('suites')),
        components: words(fields.get('components')),
        ...(signedBy === undefined ? {} : { signedBy }),
      };
    });
}

const isDisabled = (value: string | undefined): boolean =>
  /^(no|false|without|off|disable)$/i.test(value ?? '');

function fieldsOf(stanza: string): Map<string, string> {
  const fields = new Map<string, string>();
  let last = '';
  for (const line of stanza.split('\n')) {
    if (/^[ \t]/.test(line)) fields.set(last, `${fields.get(last) ?? ''}\n${line}`);
    else {
      const [name = '', ...value] = line.split(':');
      last = name.trim().toLowerCase();
      fields.set(last, value.join(':').trim());
    }
  }
  return fields;
}

/** Every enabled `deb` source below `folder`: sources.list, then sources.list.d in the order of names. */
export async function readSources(folder = '/etc/apt'): Promise<Source[]> {
  const parts = join(folder, 'sources.list.d');
  const names = (await readdir(parts).catch(() => [])).sort();
  const files = [join(folder, 'sources.list'), ...names.map((name) => join(parts, name))];
  const sources = await Promise.all(
    files.map(async (file) => {
      const parse = file.endsWith('.sources') ? parseDeb822 : /\.list$/.test(file) ? parseList : undefined;
      return parse === undefined ? [] : parse(await readFile(file, 'utf8').catch(() => ''));
    }),
  );
  return sources.flat();
}

/**
 * The main Debian archive among `sources`, or undefined. It is recognised by component `main` together with
 * Debian's own keyring or a URI that ends in `/debian`; third parties use that path as well, so an entry with
 * Debian's keyring wins over one without a key of its own, and that over one with a foreign key.
 */
export function debianArchive(sources: readonly Source[]): Archive | undefined {
  const rank = ({ signedBy }: Archive): number =>
    signedBy === undefined ? 1 : /debian-archive/.test(signedBy) ? 0 : 2;
  return sources
    .filter(({ suites, components }) => components.includes('main') && !suites.some(isSecurity))
    .flatMap(({ uris, signedBy }) =>
      uris.map((uri) => ({ uri, ...(signedBy === undefined ? {} : { signedBy }) })),
    )
    .filter((archive) => /^https?:|^mirror[+:]|^tor[+:]/.test(archive.uri))
    .filter((archive) => rank(archive) === 0 || /\/debian\/?$/.test(archive.uri))
    .sort((a, b) => rank(a) - rank(b))[0];
}

const isSecurity = (suite: string): boolean => suite.endsWith('-security') || suite.endsWith('/updates');
