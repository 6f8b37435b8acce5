import { tsImport } from 'tsx/esm/api';
import { explore, type System } from 'troupe/testing';
import { pathToFileURL } from 'node:url';
import { answer } from './answer.ts';
import { cpuSeconds } from './cpu.ts';
import type { Explorer } from './explore.ts';

answer<Explorer>({
  round: async ({ file, params }) => {
    // As `troupe check` loads it: only the user's module goes through a loader.
    const module = (await tsImport(pathToFileURL(file).href, import.meta.url)) as {
      system: (params: object) => System;
    };
    const system = module.system(params);
    const cpu = cpuSeconds();
    const began = performance.now();
    const { distinctStates, generatedStates, properties } = explore(system);
    const seconds = (performance.now() - began) / 1_000;
    return {
      distinct: distinctStates,
      generated: generatedStates,
      holds: properties.every(({ holds }) => holds === true),
      seconds,
      cpuSeconds: cpuSeconds() - cpu,
      megabytes: process.memoryUsage.rss() / 2 ** 20,
    };
  },
});
