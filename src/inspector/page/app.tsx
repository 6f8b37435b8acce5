import './style/tokens.css';
import './style/base.css';
import './style/parts.css';
import './style/shell.css';
import { render } from 'preact';
import { createClient } from './client.ts';
import { PageSession } from './session.ts';
import { loadMore } from './shell/later.tsx';
import { Shell } from './shell/shell.tsx';
import { restoreTheme } from './shell/theme.ts';
import { takeToken } from './shell/token.ts';

restoreTheme();
const session = new PageSession(createClient(takeToken()));
const root = document.getElementById('app');
if (root !== null) render(<Shell session={session} />, root);
void session.run();
// Not every browser says when it has nothing to do.
if ('requestIdleCallback' in globalThis) requestIdleCallback(loadMore, { timeout: 1_000 });
else setTimeout(loadMore, 500);

// A new URL in the same tab differs only behind its `#`, and the browser does not load the page anew by itself.
addEventListener('hashchange', () => {
  if (/[#?&]token=/.test(location.hash)) location.reload();
});
