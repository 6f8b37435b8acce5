import { describe, expect, it } from 'vitest';
import { answersInBatches, checkVersion } from '../../src/durable/jetstream/version.ts';
import { codeOf } from '../support/code-of.ts';

describe('versions of nats-server', () => {
  it.each(['2.9.10', '2.9.20', '2.8.4', '1.4.1', '2.9.21-RC.1', '0.0.0', 'dev'])(
    '%s does not fence replicas',
    async (version) => {
      expect(await codeOf(() => checkVersion(version, 3))).toBe('STORE_MISMATCH');
      expect(await codeOf(() => checkVersion(version, 1))).toBe('fine');
    },
  );

  it.each(['2.9.21', '2.9.22-beta.1', '2.9.22', '2.10.0', '2.10.27', '2.15.1', '2.15.1+build', '3.0.0'])(
    '%s does',
    async (version) => {
      expect(await codeOf(() => checkVersion(version, 3))).toBe('fine');
      expect(await codeOf(() => checkVersion(version, 5))).toBe('fine');
    },
  );

  it('says what is there, what is wanted, and what to do', () => {
    expect(() => checkVersion('2.9.10', 3)).toThrow(/2\.9\.10 .* 3 replicas.*2\.9\.21.*replicas: 1/);
  });

  it('knows from when on many messages are answered at once', () => {
    expect(['2.10.27', '2.11.0-RC.2', '2.11.0', '2.15.1'].map(answersInBatches)).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });
});
