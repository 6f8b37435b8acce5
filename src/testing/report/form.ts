import type { Trace } from '../model/trace.ts';
import { toSteps } from './numbered.ts';
import { toRecording, type Origin } from './recording.ts';
import { toSequence } from './sequence.ts';

/** How a run is written: numbered steps, a Mermaid sequence diagram, or a recording that the inspector opens. */
export const forms = ['text', 'mermaid', 'ndjson'] as const;
export type Form = (typeof forms)[number];

/** A run in a form of choice. @param origin what a recording says of where it comes from */
export function formatTrace(trace: Trace, form: Form, origin: Origin): string {
  switch (form) {
    case 'text':
      return `${toSteps(trace)}\n`;
    case 'mermaid':
      return toSequence(trace);
    case 'ndjson':
      return toRecording(trace, origin);
  }
}
