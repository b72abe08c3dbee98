import { createHash, createHmac } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Clients } from '../../src/collect/aws/clients.js';
import { eksToken } from '../../src/collect/aws/eks-token.js';

const before = process.env;
beforeEach(() => {
  process.env = { ...before, AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'session' };
});
afterEach(() => {
  process.env = before;
});

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** The signature of a presigned request, worked out from the text of AWS's Signature Version 4 and nothing of the SDK. */
function signatureOf(url: URL, cluster: string, region: string): string {
  const query = [...url.searchParams]
    .filter(([key]) => key !== 'X-Amz-Signature')
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`);
  const canonical = [
    'GET',
    '/',
    query.sort().join('&'),
    `host:${url.host}`,
    `x-k8s-aws-id:${cluster}`,
    '',
    'host;x-k8s-aws-id',
    createHash('sha256').update('').digest('hex'),
  ].join('\n');
  const date = url.searchParams.get('X-Amz-Date') ?? '';
  const scope = `${date.slice(0, 8)}/${region}/sts/aws4_request`;
  const key = ['sts', 'aws4_request'].reduce((secret, part) => hmac(secret, part), hmac(hmac('AWS4secret', date.slice(0, 8)), region));
  return hmac(key, ['AWS4-HMAC-SHA256', date, scope, createHash('sha256').update(canonical).digest('hex')].join('\n')).toString('hex');
}

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
    'X-Amz-Signature': signatureOf(url, 'prod', region),
  });
});
