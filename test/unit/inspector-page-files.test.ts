import { describe, expect, it } from 'vitest';
import { readPage } from '../../src/inspector/server/page-files.ts';

describe("the page's own files", () => {
  it('are built from their sources, and all that they load is among them', { timeout: 60_000 }, async () => {
    const files = await readPage();
    const first = files.get('/')!;
    expect(first.type).toBe('text/html; charset=utf-8');
    const html = first.body.toString();
    const named = [...html.matchAll(/(?:src|href)="([^":]+)"/g)].map(([, name]) => `/${name}`);
    expect(named.length).toBeGreaterThan(1);
    const scripts = [...files].filter(([path]) => path.endsWith('.js'));
    const imported = scripts.flatMap(([, { body }]) =>
      [...body.toString().matchAll(/(?:from|import)\s*\(?["']\.\/([\w.-]+\.js)["']/g)].map(
        ([, name]) => `/${name}`,
      ),
    );
    for (const path of [...named, ...imported]) expect([...files.keys()]).toContain(path);
    // Nothing that runs stands in the page itself, and nothing comes from elsewhere.
    expect(html).not.toMatch(/<script(?![^>]*src=)|<style|\son\w+=|https?:/);
    expect(await readPage()).toBe(files);
  });
});
