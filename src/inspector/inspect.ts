import { createInspector, type Inspector, type InspectorOptions } from './server/server.ts';
import { liveSource, type LiveSystem } from './source/live.ts';
import { recordingSource } from './source/recording.ts';
import type { Source } from './source/source.ts';

/**
 * Look at a running system in the browser: all nodes of it, from this process. What leaves the nodes is bounded by their own `inspect` option
 * (`createSystem({ inspect: { redact } })`). Close it before the system stops.
 * @throws TroupeError INVALID_OPTION, PORT_IN_USE, NO_PAGE
 */
export const inspect = async (system: LiveSystem, options: InspectorOptions = {}): Promise<Inspector> =>
  serve(liveSource(system, { canSend: options.allowSend === true }), options);

/**
 * Look at a recording in the browser: of a live session, a check or a simulation.
 * @throws TroupeError NO_SUCH_FILE, NOT_A_RECORDING, MALFORMED_RECORDING, and as `inspect`
 */
export const inspectRecording = async (file: string, options: InspectorOptions = {}): Promise<Inspector> =>
  serve(await recordingSource(file), options);

async function serve(source: Source, options: InspectorOptions): Promise<Inspector> {
  try {
    return await createInspector(source, options);
  } catch (error) {
    await source.close();
    throw error;
  }
}
