import { TroupeError } from '../errors.ts';

/**
 * The NATS subject grammar. A subject is tokens joined by `.`; a token passes `[A-Za-z0-9_-]` as it is and
 * every other UTF-8 byte as `=HH`, so any text fits, the mapping is injective, and NATS's own wildcards,
 * white space and dots never leak in. (Token rules: NATS ADR-6.)
 *
 *   `<system>.n.<node>`       one node's inbox: all envelopes for its actors
 *   `<system>.c`              what all nodes hear: heartbeats, "who holds this address?"
 *   `<system>.e.<type...>`    the bus: one token per dot-separated part of the event type
 */
export interface Subjects {
  readonly cluster: string;
  /** A pattern: the inboxes of all nodes. */
  readonly everyNode: string;
  node(node: string): string;
  event(type: string): string;
  pattern(pattern: string): string;
}

const MAX_SUBJECT = 1024;
const bare = /^[A-Za-z0-9_-]+$/;

export function subjectsOf(system: string): Subjects {
  const root = encodeToken(system);
  return {
    cluster: `${root}.c`,
    everyNode: `${root}.n.*`,
    node: (node) => `${root}.n.${encodeToken(node)}`,
    event: (type) => `${root}.e.${encodeType(type)}`,
    pattern: (pattern) => `${root}.e.${encodePattern(pattern)}`,
  };
}

export function encodeToken(text: string): string {
  if (bare.test(text)) return text;
  let out = '';
  for (const byte of Buffer.from(text, 'utf8')) {
    const char = String.fromCharCode(byte);
    out += bare.test(char) ? char : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

/** @throws TroupeError MALFORMED_MESSAGE when the token is not one `encodeToken` writes. */
export function decodeToken(token: string): string {
  const bytes: number[] = [];
  for (let i = 0; i < token.length; i++) {
    if (token[i] === '=') {
      bytes.push(Number.parseInt(token.slice(i + 1, i + 3), 16));
      i += 2;
    } else bytes.push(token.charCodeAt(i));
  }
  const text = Buffer.from(bytes).toString('utf8');
  if (text !== '' && encodeToken(text) === token) return text;
  throw new TroupeError('MALFORMED_MESSAGE', `"${token}" is not a subject token Troupe writes.`);
}

/** @throws TroupeError INVALID_EVENT when a part of the dotted type is empty or a wildcard. */
function encodeType(type: string): string {
  const parts = type.split('.');
  for (const part of parts) {
    if (part === '' || part === '*' || part === '>') {
      throw new TroupeError(
        'INVALID_EVENT',
        `The event type "${type}" cannot be published: "${part}" is not a part of a type.`,
      );
    }
  }
  return bounded(type, parts.map(encodeToken).join('.'));
}

/** @throws TroupeError INVALID_EVENT when the pattern is not dotted parts with `*` (one part) and a final `>` (the rest). */
function encodePattern(pattern: string): string {
  const parts = pattern.split('.');
  return bounded(
    pattern,
    parts
      .map((part, i) => {
        if (part === '*' || (part === '>' && i === parts.length - 1)) return part;
        if (part === '' || part === '>') {
          throw new TroupeError(
            'INVALID_EVENT',
            `"${pattern}" is not an event pattern: use dotted parts, "*" for one part and a final ">" for the rest.`,
          );
        }
        return encodeToken(part);
      })
      .join('.'),
  );
}

function bounded(text: string, subject: string): string {
  if (subject.length <= MAX_SUBJECT) return subject;
  throw new TroupeError(
    'INVALID_EVENT',
    `The event type "${text.slice(0, 40)}…" is longer than ${MAX_SUBJECT} characters as a subject.`,
  );
}

/** Does a pattern cover a subject or event type? NATS's rule: `*` one token, a final `>` one or more. */
export function matches(pattern: string, subject: string): boolean {
  if (pattern === subject) return !pattern.includes('*') && !pattern.includes('>');
  const wanted = pattern.split('.');
  const given = subject.split('.');
  for (const [i, part] of wanted.entries()) {
    if (part === '>' && i === wanted.length - 1) return given.length > i;
    if (i >= given.length || (part !== '*' && part !== given[i])) return false;
  }
  return wanted.length === given.length;
}
