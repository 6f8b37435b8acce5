import { writeSync } from 'node:fs';

/** One line for the test that started this process: at once, also when the process is killed right after. */
export function say(line: string): void {
  for (;;) {
    try {
      return void writeSync(1, `${line}\n`);
    } catch (error) {
      // The pipe is full: the test is reading it.
      if ((error as { code?: string }).code !== 'EAGAIN') throw error;
    }
  }
}
