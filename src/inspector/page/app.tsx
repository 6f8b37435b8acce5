import './style/tokens.css';
import './style/base.css';
import './style/parts.css';
import './style/shell.css';
import { render } from 'preact';
import { createClient } from './client.ts';
import { PageSession } from './session.ts';
import { Shell } from './shell/shell.tsx';
import { restoreTheme } from './shell/theme.ts';
import { takeToken } from './shell/token.ts';

restoreTheme();
const session = new PageSession(createClient(takeToken()));
const root = document.getElementById('app');
if (root !== null) render(<Shell session={session} />, root);
void session.run();

// A new URL in the same tab differs only behind its `#`, and the browser does not load the page anew by itself.
addEventListener('hashchange', () => {
  if (/[#?&]token=/.test(location.hash)) location.reload();
});
