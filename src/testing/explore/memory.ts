import { getHeapStatistics } from 'node:v8';

/** How much memory is in use. */
export interface Memory {
  /** Bytes of heap and typed arrays, garbage that was not collected yet included. */
  used(): number;
  /** Share of the heap that is in use, 0 to 1; the process dies at 1, whatever bound was chosen. */
  pressure(): number;
}

/** That of this process. */
export const processMemory: Memory = {
  used: () => {
    const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
    return heap + external;
  },
  pressure: () => {
    const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
    return used / limit;
  },
};
