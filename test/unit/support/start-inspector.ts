import { onTestFinished, vi } from 'vitest';
import { createInspector, type Inspector } from '../../../src/inspector/server/server.ts';

// The page is built by `npm run build`; what serves it can be tested without.
vi.mock('../../../src/inspector/server/page-files.ts', () => ({
  readPage: async () =>
    new Map([['/', { type: 'text/html; charset=utf-8', body: Buffer.from('<!doctype html>') }]]),
}));

/** An inspector with a page of one line, closed when the test is over. */
export async function startInspector(...given: Parameters<typeof createInspector>): Promise<Inspector> {
  const inspector = await createInspector(...given);
  onTestFinished(() => inspector.close());
  return inspector;
}
