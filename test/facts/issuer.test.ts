import { describe, expect, it } from '@jest/globals';
import { eksIssuer } from '../../src/facts/issuer/issuer.js';
import { sharedIssuer, SHARED_ISSUERS } from '../../src/facts/issuer/shared-issuers.js';

const ID = '4F7A95328C9446D45A451F35AEDE11E6';

describe('eksIssuer', () => {
  it.each([
    [`oidc.eks.eu-west-1.amazonaws.com/id/${ID}`, 'eu-west-1'],
    [`oidc.eks.us-gov-west-1.amazonaws.com/id/${ID}`, 'us-gov-west-1'],
    [`oidc.eks.cn-north-1.amazonaws.com.cn/id/${ID}`, 'cn-north-1'],
    [`oidc-eks.us-east-2.api.aws/id/${ID}`, 'us-east-2'],
    [`oidc-eks.cn-north-1.api.amazonwebservices.com.cn/id/${ID}`, 'cn-north-1'],
    [`oidc.eks.us-iso-east-1.c2s.ic.gov/id/${ID}`, 'us-iso-east-1'],
    [`oidc.eks.us-isob-east-1.sc2s.sgov.gov/id/${ID}`, 'us-isob-east-1'],
    [`oidc-eks.eusc-de-east-1.api.amazonwebservices.eu/id/${ID}`, 'eusc-de-east-1'],
    [`OIDC.EKS.EU-WEST-1.amazonaws.com/id/${ID}`, 'eu-west-1'],
    [`oidc.eks.eu-west-1.amazonaws.com:443/id/${ID}`, 'eu-west-1'],
    [`oidc.eks.eu-west-1.amazonaws.com/id/${ID}/`, 'eu-west-1'],
  ])('%s is shaped like EKS', (url, region) => {
    expect(eksIssuer(url)).toEqual({ region, id: ID });
  });

  it.each([
    'token.actions.githubusercontent.com',
    'gitlab.com',
    'oidc.op1.openshiftapps.com/ffed8e13f1cf0c8408f6c03893e846f2',
    'example-irsa-bucket.s3.eu-central-1.amazonaws.com',
    'd1a2b3c4e5f6g7.cloudfront.net',
    `oidc.eks.eu-west-1.amazonaws.com.evil.example/id/${ID}`,
    `evil.example/oidc.eks.eu-west-1.amazonaws.com/id/${ID}`,
    'oidc.eks.eu-west-1.amazonaws.com',
  ])('%s is not', (url) => {
    expect(eksIssuer(url)).toBeNull();
  });
});

describe('sharedIssuer', () => {
  it.each([
    'token.actions.githubusercontent.com',
    'gitlab.com',
    'app.terraform.io',
    'agent.buildkite.com',
    'accounts.google.com',
    'cognito-identity.amazonaws.com',
    'www.amazon.com',
    'graph.facebook.com',
    'sandboxes.cloud',
    'tokens.cloud.shisho.dev',
    'studio.datachain.ai/api',
    'vstoken.actions.githubusercontent.com',
    'oidc-configuration.audit-log.githubusercontent.com',
    'oidc.op1.openshiftapps.com/2f785sojlpb85i7402pk3qogugim5nfb',
    'sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d',
  ])('%s is shared', (url) => {
    expect(sharedIssuer(url)).not.toBeNull();
  });

  it.each([
    'token.actions.githubusercontent.com/acme',
    'token.actions.acme.ghe.com',
    'oidc.vercel.com/acme',
    'oidc.circleci.com/org/1',
    'gitlab.example.org',
    'notgitlab.com',
    'oidc.prod-rke2.example.net',
    `oidc.eks.eu-west-1.amazonaws.com/id/${ID}`,
  ])('%s belongs to one owner', (url) => {
    expect(sharedIssuer(url)).toBeNull();
  });

  it('names each issuer once', () => {
    expect(new Set(SHARED_ISSUERS.map(({ name }) => name)).size).toBe(SHARED_ISSUERS.length);
  });
});
