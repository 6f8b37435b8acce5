import type { WriteStream } from 'node:tty';

export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  green(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
}

/** Colours for a terminal that wants them; see no-color.org. */
export function paintFor(stream: NodeJS.WriteStream): Paint {
  const wanted = isTerminal(stream) && (process.env['NO_COLOR'] ?? '') === '';
  const paint = (code: number) => (text: string) => (wanted ? `\x1b[${code}m${text}\x1b[0m` : text);
  return { bold: paint(1), dim: paint(2), green: paint(32), red: paint(31), yellow: paint(33) };
}

export const isTerminal = (stream: NodeJS.WriteStream): stream is WriteStream =>
  (stream as Partial<WriteStream>).isTTY === true;
