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
requestIdleCallback(loadMore, { timeout: 1_000 });
