import { getShortestPaths } from '@xstate/graph';
import { answer } from './answer.ts';
import { cube } from './cube.ts';
import { measure, type Pathfinder } from './paths.ts';

answer<Pathfinder>({ find: async (size) => measure(() => getShortestPaths(cube(size))) });
