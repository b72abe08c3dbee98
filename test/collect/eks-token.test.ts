import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Clients } from '../../src/collect/aws/clients.js';
import { eksToken } from '../../src/collect/aws/eks-token.js';
import { signatureOf } from '../support/presigned-signature.js';

const before = process.env;
beforeEach(() => {
  process.env = { ...before, AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'session' };
});
afterEach(() => {
  process.env = before;
});

it.each([
  ['eu-west-1', 'sts.eu-west-1.amazonaws.com'],
  ['cn-north-1', 'sts.cn-north-1.amazonaws.com.cn'],
  ['us-gov-west-1', 'sts.us-gov-west-1.amazonaws.com'],
])('is a presigned GetCallerIdentity of %s that names the cluster', async (region, host) => {
  const token = await eksToken(new Clients({ version: 'test' }), region, 'prod');
  expect(token).toMatch(/^k8s-aws-v1\.[A-Za-z0-9_-]+$/);
  const url = new URL(Buffer.from(token.slice('k8s-aws-v1.'.length), 'base64url').toString());
  expect([url.protocol, url.host, url.pathname]).toEqual(['https:', host, '/']);
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    'Action': 'GetCallerIdentity',
    'Version': '2011-06-15',
    'X-Amz-Expires': '60',
    'X-Amz-SignedHeaders': 'host;x-k8s-aws-id',
    'X-Amz-Security-Token': 'session',
    'X-Amz-Signature': signatureOf(url, 'prod', region, 'secret'),
  });
});
