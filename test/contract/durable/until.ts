/** Resolves when something nobody tells of has become true. */
export async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise<void>((resolve) => setImmediate(resolve));
}
