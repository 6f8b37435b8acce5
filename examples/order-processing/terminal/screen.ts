import { isTerminal } from './colour.ts';

/** A place for lines that change: redrawn in place on a terminal, written one after another elsewhere. */
export class Screen {
  readonly stream: NodeJS.WriteStream;
  readonly isLive: boolean;
  #drawn = 0;

  constructor(stream: NodeJS.WriteStream) {
    this.stream = stream;
    this.isLive = isTerminal(stream);
  }

  draw(lines: readonly string[]): void {
    const up = this.isLive && this.#drawn > 0 ? `\x1b[${this.#drawn}A` : '';
    const clear = this.isLive ? '\x1b[2K' : '';
    this.stream.write(up + lines.map((line) => `${clear}${line}\n`).join(''));
    this.#drawn = lines.length;
  }

  /** Leave what was drawn where it is. */
  keep(): void {
    this.#drawn = 0;
  }
}
