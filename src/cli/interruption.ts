/** Settles at Ctrl-C, which ends a command in good order; a second one ends the process at once. */
export const interruption = (): Promise<undefined> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => resolve(undefined));
    }
  });
