/** What is looked at, in one value that all views share. The URL's hash says the same: a link restores it. */
export interface Selection {
  readonly view: View;
  readonly address?: string;
  /** Of the actor: the number of a moment of its history; absent: now. */
  readonly moment?: number;
  readonly correlation?: string;
  /** Id of a message. */
  readonly message?: string;
  /** Of a recording: the number of a step. */
  readonly step?: number;
  /** What only one view knows: its filters, tabs and modes. Kept in the URL as it is. */
  readonly options?: Readonly<Record<string, string>>;
}

export const views = ['system', 'actor', 'timeline', 'messages', 'breakers', 'tests'] as const;
export type View = (typeof views)[number];

const ofSelection = new Set(['correlation', 'message', 'step']);

/** An `@` of the address is written `%40`, so that a bare one always announces a moment. */
const addressText = (address: string): string => address.split('/').map(encodeURIComponent).join('/');

/** `#/actor/<address>@<moment>?correlation=…`. */
export function toHash({ view, address, moment, correlation, message, step, options }: Selection): string {
  const query = new URLSearchParams(options);
  if (correlation !== undefined) query.set('correlation', correlation);
  if (message !== undefined) query.set('message', message);
  if (step !== undefined) query.set('step', String(step));
  const path = address === undefined ? '' : `/${addressText(address)}`;
  const at = address === undefined || moment === undefined ? '' : `@${moment}`;
  const asked = query.toString();
  return `#/${view}${path}${at}${asked === '' ? '' : `?${asked}`}`;
}

/** What a hash says; what it says wrongly is left out. */
export function fromHash(hash: string): Selection {
  const [path = '', ...asked] = hash.replace(/^#?\/?/, '').split('?');
  const [first = '', ...rest] = path.split('/');
  const [address = '', at] = rest.join('/').split('@');
  const query = new URLSearchParams(asked.join('?'));
  const options = Object.fromEntries([...query].filter(([name]) => !ofSelection.has(name)));
  const text = (name: string): object => (query.get(name) ? { [name]: query.get(name) } : {});
  return {
    view: views.find((view) => view === first) ?? 'system',
    ...(address === '' ? {} : { address: decoded(address) }),
    ...(isNumber(at) ? { moment: Number(at) } : {}),
    ...text('correlation'),
    ...text('message'),
    ...(isNumber(query.get('step')) ? { step: Number(query.get('step')) } : {}),
    ...(Object.keys(options).length === 0 ? {} : { options }),
  };
}

const isNumber = (text: string | null | undefined): boolean => /^\d{1,15}$/.test(text ?? '');

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
