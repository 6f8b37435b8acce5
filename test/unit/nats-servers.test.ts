import { describe, expect, it } from 'vitest';
import { shownServers, withServers } from '../../src/transport/nats-servers.ts';

describe('addresses of servers', () => {
  it('takes user and password out of an address', () => {
    const options = withServers({ servers: ['nats://anna:s%40crt@one:4222', 'two:4222'] });
    expect(options).toEqual({ servers: ['nats://one:4222', 'two:4222'], user: 'anna', pass: 's@crt' });
    expect(shownServers(options)).toBe('nats://one:4222, two:4222');
  });

  it('takes a token out of an address', () => {
    expect(withServers({ servers: 'nats://t0ken@one' })).toEqual({ servers: ['nats://one'], token: 't0ken' });
  });

  it('takes everything up to the last @, so that nothing of a password is shown', () => {
    const options = withServers({ servers: 'tls://anna:p@ss/w:ord%?#@one:4222' });
    expect(options).toEqual({ servers: ['tls://one:4222'], user: 'anna', pass: 'p@ss/w:ord%?#' });
    expect(withServers({ servers: 'anna:@[::1]:4222' })).toEqual({
      servers: ['[::1]:4222'],
      user: 'anna',
      pass: '',
    });
  });

  it('prefers credentials given as options', () => {
    expect(withServers({ servers: 'nats://a:b@one', user: 'c', pass: 'd' })).toMatchObject({
      user: 'c',
      pass: 'd',
    });
  });

  it('knows the usual address', () => {
    expect(withServers({}).servers).toEqual(['nats://127.0.0.1:4222']);
  });
});
