import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { TroupeError } from 'troupe';
import { styles, type Style } from './styles/style.ts';

export interface Options {
  readonly nats: boolean;
  readonly attach: boolean;
  readonly styles: readonly Style[];
  readonly orders: string;
  readonly json: boolean;
  /** Serve the inspector's page while the run lasts; not with `json`. */
  readonly inspect: boolean;
  /** Keep the system and its inspector until Ctrl-C, and hand in an order now and then. */
  readonly stay: boolean;
  readonly help: boolean;
}

export const usage = `Process a file of orders, orchestrated and choreographed, while things go wrong.

  npm start -- [options]

  --nats          a process for each service, over the nats-server at NATS_URL or one of its own
  --attach        as --nats, with services that run already: service.ts NAME, or docker compose
  --style STYLE   orchestrated, choreographed, both (default) or workflow
  --orders FILE   one order per line as JSON (default: orders.jsonl beside this example)
  --json          print the report as one JSON object; progress goes to stderr
  --no-inspect    do not serve the inspector's page, which shows the run in a browser while it lasts
  --stay          when all is done, keep the system and its inspector, with an order a second, until Ctrl-C
  --help          print this

Exit code: 0 when money and goods are conserved and every order has ended, 1 when not, 2 for wrong usage.
`;

const choices: Readonly<Record<string, readonly Style[]>> = {
  both: [styles.orchestrated, styles.choreographed],
  orchestrated: [styles.orchestrated],
  choreographed: [styles.choreographed],
  workflow: [styles.workflow],
};

const wrong = (problem: string): TroupeError => new TroupeError('USAGE', `${problem} Try --help.`);

/** @throws TroupeError USAGE */
export function readOptions(args: readonly string[]): Options {
  const { style, 'no-inspect': unseen, ...others } = parse(args);
  const chosen = Object.hasOwn(choices, style) ? choices[style] : undefined;
  if (chosen === undefined) {
    throw wrong(`--style is "${style}"; it must be one of ${Object.keys(choices).join(', ')}.`);
  }
  return { ...others, inspect: !unseen, styles: chosen };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        nats: { type: 'boolean', default: false },
        attach: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        'no-inspect': { type: 'boolean', default: false },
        stay: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
        style: { type: 'string', default: 'both' },
        orders: { type: 'string', default: fileURLToPath(new URL('orders.jsonl', import.meta.url)) },
      },
    }).values;
  } catch (error) {
    throw wrong(error instanceof Error ? error.message.replace(/\.?$/, '.') : String(error));
  }
}
