import { describe, expect, it } from '@jest/globals';
import { proxiedBy } from '../../../src/collect/kubernetes/proxied.js';

const of = (variables: Readonly<Record<string, string | null>>, hasMore = false): ReturnType<typeof proxiedBy> =>
  proxiedBy((name) => variables[name], hasMore);
const HTTP_PROXY = 'http://proxy.corp:3128';

describe('the call to the agent of a container with a proxy', () => {
  it.each<[string, Readonly<Record<string, string | null>>, ReturnType<typeof proxiedBy>]>([
    ['has no proxy', {}, null],
    ['has one for HTTPS alone, by which the agent is not called', { HTTPS_PROXY: HTTP_PROXY }, null],
    ['has an empty one', { HTTP_PROXY: '' }, null],
    ['has one without exceptions', { HTTP_PROXY }, 'yes'],
    ['has one in lower case', { http_proxy: HTTP_PROXY }, 'yes'],
    ['excepts the address of the instance alone', { HTTP_PROXY, NO_PROXY: 'localhost,169.254.169.254,10.0.0.0/8,.svc' }, 'yes'],
    ['excepts the agent', { HTTP_PROXY, NO_PROXY: 'localhost, 169.254.170.23' }, null],
    ['excepts the agent in lower case', { HTTP_PROXY, no_proxy: '169.254.170.23,[fd00:ec2::23]' }, null],
    ['excepts the agent with a port', { HTTP_PROXY, NO_PROXY: '169.254.170.23:80' }, null],
    ['excepts the agent by IPv6', { HTTP_PROXY, NO_PROXY: '[fd00:ec2::23]' }, null],
    ['excepts everything', { HTTP_PROXY, NO_PROXY: '*' }, null],
    ['excepts a network, which not every library reads', { HTTP_PROXY, NO_PROXY: '169.254.0.0/16' }, 'perhaps'],
    ['excepts what comes from elsewhere', { HTTP_PROXY, NO_PROXY: null }, 'perhaps'],
  ])('%s', (_, variables, expected) => {
    expect(of(variables)).toBe(expected);
  });

  it('may be excepted by what is not read', () => {
    expect(of({ HTTP_PROXY }, true)).toBe('perhaps');
  });
});
