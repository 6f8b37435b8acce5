import { isTroupeError, type System } from 'troupe';
import { inspect, type Inspector } from 'troupe/inspector';

/** The run can be watched in a browser while it lasts. That it cannot be is no reason not to run. */
export async function openInspector(system: System): Promise<Pick<Inspector, 'close'>> {
  try {
    const inspector = await inspect(system);
    process.stderr.write(`inspector: ${inspector.url}\n`);
    return inspector;
  } catch (error) {
    if (!isTroupeError(error)) throw error;
    process.stderr.write(`no inspector: ${error.message}\n`);
    return { close: async () => Promise.resolve() };
  }
}

/** Aborted at Ctrl-C. */
export function interrupted(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  process.once('SIGTERM', () => controller.abort());
  return controller.signal;
}
