/** Call a user's function from within the runtime: what it throws goes to `onFailed` and no further, so the others are still told. */
export const shield =
  <TArgs extends readonly unknown[]>(fn: (...args: TArgs) => void, onFailed: (error: unknown) => void) =>
  (...args: TArgs): void => {
    try {
      fn(...args);
    } catch (error) {
      onFailed(error);
    }
  };
