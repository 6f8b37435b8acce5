import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { troupe } from '../unit/fixtures/troupe.ts';
import { userProject, type UserProject } from '../unit/fixtures/user-project.ts';

let user: UserProject;

beforeAll(async () => {
  user = await userProject();
});

afterAll(() => user.remove());

describe('a module given to troupe check', () => {
  it('may be CommonJS, and log what it likes: only the verdict is printed', async () => {
    const file = await user.write(
      'model.cjs',
      `const { createMachine } = require('xstate');
       console.log('loading');
       const guard = () => { console.log('asked'); return true; };
       const logic = createMachine({ initial: 'a', states: { a: { on: { GO: { target: 'b', guard } } }, b: {} } });
       module.exports = { system: () => ({ name: 'cjs', actors: { a: { logic, choices: [{ type: 'GO' }] } }, properties: [] }) };`,
    );
    const { code, out, err } = await troupe(['check', file, '--json']);
    expect([code, JSON.parse(out)]).toMatchObject([0, { model: 'cjs', distinctStates: 2 }]);
    expect(err).toMatch(/^loading\nasked\n/);
  });

  const cases: readonly (readonly [string, string, string])[] = [
    [
      'whose system never comes',
      'export const system = () => new Promise(() => undefined);',
      'Export "system" of "FILE" never returns: it awaits what never happens.',
    ],
    [
      'whose system is none',
      'export const system = { name: "x", actors: { a: null }, properties: [] };',
      'Export "system" of "FILE": actors.a must be an object, got null.',
    ],
  ];
  it.each(cases)('%s, gets one line and exit code 2', async (_what, text, message) => {
    const file = await user.write('odd.ts', text);
    const { code, out, err } = await troupe(['check', file]);
    expect([code, out, err]).toEqual([2, '', `troupe: ${message.replace('FILE', file)}\n`]);
  });
});
