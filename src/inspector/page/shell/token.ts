const KEY = 'troupe-token';

/**
 * The token from the URL, where it stands once (`/#token=…`, `/#/actor/x?token=…` or `/?token=…`): it is taken out of the visible URL and of the
 * history, and kept for this tab, and for others that are opened at the same address: a link into a new tab works.
 */
export function takeToken(): string | undefined {
  const url = new URL(location.href);
  const [path = '', ...asked] = url.hash.replace(/^#/, '').split('?');
  const isBare = path.startsWith('token=');
  const inHash = new URLSearchParams(isBare ? path : asked.join('?'));
  const token = inHash.get('token') ?? url.searchParams.get('token');
  if (token === null) return stored();
  url.searchParams.delete('token');
  inHash.delete('token');
  const rest = inHash.toString();
  url.hash = isBare ? '' : `${path}${rest === '' ? '' : `?${rest}`}`;
  history.replaceState(null, '', url);
  store(token);
  return token;
}

// Storage may be forbidden: the token then lives as long as the page.
const store = (token: string): void => {
  try {
    sessionStorage.setItem(KEY, token);
    // Of this port alone, and of no use to whoever has the port next.
    localStorage.setItem(KEY, token);
  } catch {
    /* see above */
  }
};
const stored = (): string | undefined => {
  try {
    return sessionStorage.getItem(KEY) ?? localStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined;
  }
};
