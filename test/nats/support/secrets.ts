import { inspect } from 'node:util';
import type { Logger } from 'troupe';

/** A logger that keeps everything, for a search through it. */
export interface LogBook {
  readonly log: Logger;
  readonly lines: readonly string[];
}

export function logBook(): LogBook {
  const lines: string[] = [];
  const note =
    (level: string) =>
    (message: string, fields?: object): void =>
      void lines.push(`${level} ${message} ${everything(fields)}`);
  return {
    lines,
    log: { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') },
  };
}

/** A value as the most talkative of loggers would print it. */
export const everything = (value: unknown): string =>
  [
    inspect(value, { depth: 9, showHidden: true, maxStringLength: null, maxArrayLength: null }),
    json(value),
  ].join('\n');

const json = (value: unknown): string => {
  try {
    return JSON.stringify({ value });
  } catch {
    return 'no JSON';
  }
};

/** The forms in which a secret could be read: as it is, escaped, and by its lines. */
const formsOf = (secret: string): readonly string[] =>
  [
    secret,
    encodeURIComponent(secret),
    encodeURI(secret),
    inspect(secret).slice(1, -1),
    ...secret.split('\n').slice(1, 2),
  ].filter((form) => form.length > 2);

/** Which of the secrets can be found in what was said. */
export const leaked = (said: string, secrets: readonly string[]): readonly string[] =>
  secrets.filter((secret) => formsOf(secret).some((form) => said.includes(form)));
