/** The code of the error an action ends with, or `fine`. */
export async function codeOf(action: Promise<unknown> | (() => unknown)): Promise<string> {
  try {
    await (typeof action === 'function' ? action() : action);
    return 'fine';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
