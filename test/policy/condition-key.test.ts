import { describe, expect, it } from '@jest/globals';
import { parseConditionKey } from '../../src/policy/language/condition-key.js';
import { ARN, URL } from './request.js';

describe('parseConditionKey', () => {
  it.each([
    [`${URL}:sub`, URL, 'sub', []],
    [`${URL}:AUD`, URL, 'AUD', []],
    ['token.actions.githubusercontent.com:sub', 'token.actions.githubusercontent.com', 'sub', []],
    ['gitlab.example.com:8443:sub', 'gitlab.example.com:8443', 'sub', []],
    ['${OIDC_PROVIDER}:sub', '${OIDC_PROVIDER}', 'sub', []],
    [`https://${URL}:sub`, URL, 'sub', ['scheme']],
    [`http://${URL}:sub`, URL, 'sub', ['scheme']],
    [`${ARN}:sub`, URL, 'sub', ['arn']],
    [`arn:aws:iam::1:oidc-provider/https://${URL}:sub`, URL, 'sub', ['arn', 'scheme']],
    [`${URL}https://${URL}:sub`, URL, 'sub', ['issuer-twice']],
    [`oidc.eks.eu-west-1.amazonaws.com/id/${URL}:sub`, URL, 'sub', ['issuer-twice']],
    [`oidc-provider/${URL}:sub`, URL, 'sub', ['arn']],
    [`x-oidc-provider/${URL}:sub`, `x-oidc-provider/${URL}`, 'sub', []],
    [`https:${URL}:sub`, URL, 'sub', ['scheme']],
    [`a.example/id/b/id/c:sub`, 'b/id/c', 'sub', ['issuer-twice']],
    [`https://a.example/https://b.example/id/c/id/d:sub`, 'c/id/d', 'sub', ['scheme', 'issuer-twice']],
    [`${URL}:1sub`, URL, '1sub', []],
    [`${URL}:sub8443`, URL, 'sub8443', []],
    ['x.aws:sub', 'x.aws', 'sub', []],
    [`https://${URL}\nhttps://${URL}:sub`, URL, 'sub', ['blank', 'scheme']],
    [`x\nhttps://${URL}:sub`, URL, 'sub', ['blank', 'issuer-twice']],
    ['unknown:sub', 'unknown', 'sub', []],
    ['sub', 'sub', null, ['no-claim']],
    [URL, URL, null, ['no-claim']],
    [`${URL}:`, URL, null, ['no-claim']],
    ['gitlab.example.com:8443', 'gitlab.example.com:8443', null, ['no-claim']],
    [':sub', ':sub', null, ['no-claim']],
    ['', '', null, ['no-claim']],
    [`${URL}:sub `, URL, 'sub', ['blank']],
    [`\u00a0${URL}: sub`, URL, 'sub', ['blank']],
  ])('%j', (raw, issuer, claim, defects) => {
    expect(parseConditionKey(raw)).toEqual({ raw, kind: 'claim', issuer, claim, defects });
  });

  it.each([
    ['aws:SourceIp', 'SourceIp'],
    ['AWS:RequestTag/team', 'RequestTag/team'],
    ['sts:RoleSessionName', 'RoleSessionName'],
    ['saml:aud', 'aud'],
  ])('%s is a global key', (raw, claim) => {
    expect(parseConditionKey(raw)).toEqual({ raw, kind: 'global', issuer: '', claim, defects: [] });
  });
});
