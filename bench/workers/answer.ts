export interface Call {
  readonly id: number;
  readonly method: string;
  readonly argument: unknown;
}

export interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** Let the parent process call these methods, with one argument at most, for as long as it lives (kit/worker.ts). */
export function answer<T extends object>(methods: T): void {
  process.on('message', (call: Call) => {
    void outcome(methods, call).then((result) => process.send?.(result));
  });
  process.on('disconnect', () => process.exit(0));
}

async function outcome(methods: object, { id, method, argument }: Call): Promise<Answer> {
  try {
    const call = (methods as Readonly<Record<string, (argument: unknown) => unknown>>)[method];
    if (call === undefined) throw new Error(`There is no method "${method}".`);
    return { id, value: await call(argument) };
  } catch (error) {
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
