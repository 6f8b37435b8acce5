import { Command } from 'commander';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** What the documents say can be read, run or typed is there. */
const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const markdownIn = (folder: string): string[] =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));
const documents = [
  ...['.', 'docs', 'examples/model-checking', 'examples/order-processing'].flatMap(markdownIn),
];

const found = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, first]) => first!);
const withoutCode = (text: string): string =>
  text.replace(/^```[^]*?^```/gm, '').replace(/`[^`\n]*`/g, 'code');

/** As GitHub names the place of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
const anchorsOf = (path: string): string[] =>
  found(read(path).replace(/^```[^]*?^```/gm, ''), /^#+ (.+)$/gm).map(anchorOf);

function isThere(document: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? document : join(dirname(document), decodeURI(path));
  if (!existsSync(join(root, target))) return false;
  return anchor === undefined || !target.endsWith('.md') || anchorsOf(target).includes(anchor);
}

const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

const program = new Command('troupe');
for (const file of readdirSync(join(root, 'src/cli')))
  if (file.endsWith('.ts') && /^export function register\b/m.test(read(`src/cli/${file}`))) {
    const { register } = (await import(`../../src/cli/${file}`)) as { register: (to: Command) => void };
    register(program);
  }
for (const command of program.commands) command.option('--verbose').option('--help');

/** What is wrong with a line of a shell that begins with `troupe`. */
function wrongIn(line: string): string[] {
  const [, ...words] = line.split(/\s+/);
  let command: Command = program;
  for (const word of words) {
    const inner = command.commands.find((each) => each.name() === word);
    if (inner === undefined) break;
    command = inner;
  }
  if (command === program) return [`no command: ${line}`];
  const known = command.options.flatMap(({ long, short }) => [long, short]);
  return words
    .filter((word) => /^--?[a-z]/.test(word))
    .map((word) => word.replace(/=.*$/, ''))
    .filter((word) => !known.includes(word))
    .map((word) => `${command.name()} has no ${word}: ${line}`);
}

/** Lines of shells, without what is said about them, each command of a pipe by itself. */
const shell = (text: string): string[] =>
  found(text, /^```(?:bash|sh|text)\n([^]*?)^```/gm)
    .flatMap((block) => block.replaceAll('\\\n', ' ').split('\n'))
    .flatMap((line) => line.replace(/(^|\s)#.*$/, '').split(/&&|\||;/))
    .map((line) => line.replace(/^\s*\$ /, '').trim());

describe.each(documents)('%s', (document) => {
  const text = read(document);

  it('links to what is there', () => {
    const links = found(withoutCode(text), /\]\(([^)\s]+)\)/g).filter((link) => !/^[a-z]+:/.test(link));
    expect(links.filter((link) => !isThere(document, link))).toEqual([]);
  });

  it('names scripts of package.json', () => {
    const named = found(text, /\bnpm (?:run )?([a-z:]+)/g).filter(
      (name) => name !== 'ci' && name !== 'install',
    );
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });

  it('names commands and options of troupe', () => {
    const typed = [...shell(text), ...found(text, /`((?:npx )?troupe [^`]+)`/g)]
      .map((line) => line.replace(/^npx /, ''))
      .filter((line) => /^troupe [a-z]/.test(line));
    expect(typed.flatMap(wrongIn)).toEqual([]);
  });

  it('names files that are there', () => {
    const named = found(text, /(?<![\w/.-])((?:src|test|docs|examples|machines|bench|scripts)\/[\w./*{<-]*)/g)
      .filter((path) => !/[*{<]|[A-Z]{4,}(?:\.ts)?$/.test(path))
      .map((path) => path.replace(/\.$/, ''));
    const base = document.includes('/') && !document.startsWith('docs') ? [dirname(document), '.'] : ['.'];
    expect(named.filter((path) => !base.some((from) => existsSync(join(root, from, path))))).toEqual([]);
  });
});
