import { describe, expect, it } from '@jest/globals';
import { readGiven } from '../../src/explain/given.js';
import { mentionsIn, withAsked } from '../../src/explain/mentions.js';
import { recognize } from '../../src/explain/recognize.js';

const ISSUER = 'oidc.eks.eu-west-1.amazonaws.com/id/7C1E0A94D2B85F36A91E4D70C3B8F652';
const PROVIDER = `arn:aws:iam::418527603941:oidc-provider/${ISSUER}`;
const SUBJECT = 'system:serviceaccount:shop:checkout';

/** As CloudTrail records a refusal (IAM User Guide, logging of IAM and STS calls). */
const EVENT = {
  eventVersion: '1.08',
  userIdentity: {
    type: 'WebIdentityUser',
    principalId: `${PROVIDER}:sts.amazonaws.com:${SUBJECT}`,
    userName: SUBJECT,
    identityProvider: PROVIDER,
  },
  eventSource: 'sts.amazonaws.com',
  eventName: 'AssumeRoleWithWebIdentity',
  awsRegion: 'eu-west-1',
  errorCode: 'AccessDenied',
  errorMessage: 'An unknown error occurred',
  requestParameters: { roleArn: 'arn:aws:iam::418527603941:role/checkout', roleSessionName: 'x' },
};
const SUCCESS = { ...EVENT, errorCode: undefined, errorMessage: undefined };

describe('readGiven', () => {
  it.each<[string, unknown]>([
    ['an event', EVENT],
    ['a file of CloudTrail', { Records: [SUCCESS, EVENT] }],
    ['the answer of LookupEvents', { Events: [{ EventId: '1', CloudTrailEvent: JSON.stringify(EVENT) }] }],
    ['an event of EventBridge', { 'detail-type': 'AWS API Call via CloudTrail', 'detail': EVENT }],
    ['a list', [SUCCESS, EVENT]],
  ])('reads %s', (_, given) => {
    const { text, names } = readGiven(JSON.stringify(given));
    expect(recognize(text).symptoms).toEqual(['not-authorized']);
    expect(mentionsIn(names)).toEqual({
      roles: ['arn:aws:iam::418527603941:role/checkout'],
      callers: [],
      users: [],
      issuers: [ISSUER],
      audiences: ['sts.amazonaws.com'],
      serviceAccounts: [{ namespace: 'shop', name: 'checkout' }],
      clusters: [],
      pods: [],
    });
  });

  it('reads an event of EKS Pod Identity', () => {
    const event = {
      eventSource: 'eks-auth.amazonaws.com',
      eventName: 'AssumeRoleForPodIdentity',
      errorCode: 'AccessDeniedException',
      errorMessage: 'Unauthorized Exception! EKS does not have permissions to assume the associated role.',
      requestParameters: { clusterName: 'shop-prod' },
    };
    const { text, names } = readGiven(JSON.stringify(event));
    expect(recognize(text).symptoms).toEqual(['association-denied']);
    expect(mentionsIn(names).clusters).toEqual([{ name: 'shop-prod', region: null }]);
  });

  it('finds nothing in an event that succeeded', () => expect(recognize(readGiven(JSON.stringify(SUCCESS)).text).symptoms).toEqual([]));

  it('takes JSON that is no event, and what is no JSON, as a text', () => {
    const line =
      '{"level":"error","error":"WebIdentityErr: failed to retrieve credentials\\ncaused by: InvalidIdentityToken: Incorrect token audience"}';
    expect(recognize(readGiven(line).text).symptoms).toEqual(['wrong-audience']);
    expect(recognize(readGiven('{ Incorrect token audience').text).symptoms).toEqual(['wrong-audience']);
    expect(readGiven('{"Records": 3, "Events": [{"CloudTrailEvent": "{"}]}').text).toContain('Records');
  });
});

describe('mentionsIn', () => {
  it.each<[string, object]>([
    ['the role arn:aws:iam::418527603941:role/team/checkout.', { roles: ['arn:aws:iam::418527603941:role/team/checkout'] }],
    [
      'User: arn:aws-cn:sts::418527603941:assumed-role/nodes/i-0a1b2c3d is',
      { callers: [{ account: '418527603941', role: 'nodes', session: 'i-0a1b2c3d' }] },
    ],
    [`No OpenIDConnect provider found in your account for https://${ISSUER}`, { issuers: [ISSUER] }],
    [
      'provider found in your account for https://token.actions.githubusercontent.com.',
      { issuers: ['token.actions.githubusercontent.com'] },
    ],
    ['on resource: arn:aws:eks:eu-west-1:418527603941:cluster/prod', { clusters: [{ name: 'prod', region: 'eu-west-1' }] }],
    ['error looking up service account shop/checkout: serviceaccount', { serviceAccounts: [{ namespace: 'shop', name: 'checkout' }] }],
    ['{"namespace":"shop","pod":"checkout-7d9f-x2x"}', { pods: [{ namespace: 'shop', name: 'checkout-7d9f-x2x' }] }],
    ['arn:aws:iam::418527603941:user/legacy is not', { users: ['arn:aws:iam::418527603941:user/legacy'] }],
  ])('finds what %j names', (text, named) => expect(mentionsIn(text)).toMatchObject(named));

  it('takes what is asked of for what is named', () => {
    const mentions = withAsked(mentionsIn('the role arn:aws:iam::418527603941:role/a'), {
      cluster: 'eu-west-1/prod',
      serviceAccount: 'app',
      role: 'arn:aws:iam::418527603941:role/b',
    });
    expect(mentions).toMatchObject({
      roles: ['arn:aws:iam::418527603941:role/b'],
      clusters: [{ name: 'prod', region: 'eu-west-1' }],
      serviceAccounts: [{ namespace: 'default', name: 'app' }],
    });
  });
});
