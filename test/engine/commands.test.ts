import { describe, expect, it } from '@jest/globals';
import { commandsFor } from '../../src/engine/repair/commands.js';
import type { Patch } from '../../src/model/report/finding.js';
import type { Json } from '../../src/model/inventory/inventory.js';

const PROVIDER = 'arn:aws:iam::210987654321:oidc-provider/gitlab.example.org';
const CONTEXT = 'arn:aws:eks:eu-west-1:210987654321:cluster/prod';
const ROLE = 'arn:aws:iam::210987654321:role/app';
const PLACE = { partition: 'aws', account: '210987654321' };
const patch = (kind: Patch['kind'], resource: string, before: Json, after: Json): Patch => ({
  resource,
  region: null,
  kind,
  before,
  after,
});

describe('commandsFor', () => {
  it.each<[string, Patch, string[]]>([
    [
      'a provider to be made',
      patch('provider', PROVIDER, null, { url: 'https://gitlab.example.org', clientIds: ['a', 'b c'] }),
      [`aws iam create-open-id-connect-provider --cli-input-json '{"Url":"https://gitlab.example.org","ClientIDList":["a","b c"]}'`],
    ],
    [
      'a provider given without scheme',
      patch('provider', PROVIDER, null, { url: 'gitlab.example.org', clientIds: ['a'] }),
      ['aws iam create-open-id-connect-provider --url https://gitlab.example.org --client-id-list a'],
    ],
    [
      'audiences to be added',
      patch('provider', PROVIDER, { url: 'gitlab.example.org', clientIds: ['a'] }, { url: 'gitlab.example.org', clientIds: ['a', 'b'] }),
      [`aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn ${PROVIDER} --client-id b`],
    ],
    [
      'a role with a path',
      patch('trust-policy', 'arn:aws:iam::210987654321:role/team/app', {}, { a: "it's" }),
      [`aws iam update-assume-role-policy --role-name app --policy-document '{"a":"it\\u0027s"}'`],
    ],
    ['a service account that is as it should be', patch('service-account', 'prod/shop/app', {}, {}), []],
    [
      'an annotation to be written',
      {
        ...patch('service-account', 'prod/shop/app', { annotations: { a: '1', b: "it's" } }, { annotations: { a: '1', b: 'x' } }),
        region: 'eu-west-1',
      },
      [`kubectl annotate serviceaccount app --context ${CONTEXT} --namespace shop --overwrite b=x`],
    ],
    [
      'an annotation to be taken away',
      { ...patch('service-account', 'prod/shop/app', { annotations: { a: '1' } }, { annotations: {} }), region: 'eu-west-1' },
      [`kubectl annotate serviceaccount app --context ${CONTEXT} --namespace shop --overwrite a-`],
    ],
    [
      'a service account to be made',
      { ...patch('service-account', 'prod/shop/app', null, { annotations: { a: '1' } }), region: 'eu-west-1' },
      [
        `kubectl create serviceaccount app --context ${CONTEXT} --namespace shop`,
        `kubectl annotate serviceaccount app --context ${CONTEXT} --namespace shop --overwrite a=1`,
      ],
    ],
    [
      'an association to be made',
      { ...patch('pod-identity-association', 'prod/shop/app', null, { roleArn: ROLE }), region: 'eu-west-1' },
      [
        `aws eks create-pod-identity-association --region eu-west-1 --cluster-name prod --namespace shop --service-account app --role-arn ${ROLE}`,
      ],
    ],
    [
      'an association to be removed',
      { ...patch('pod-identity-association', 'prod/shop/app', { id: 'a-1' }, null), region: 'eu-west-1' },
      ['aws eks delete-pod-identity-association --region eu-west-1 --cluster-name prod --association-id a-1'],
    ],
    [
      'another role for an association',
      { ...patch('pod-identity-association', 'prod/shop/app', { id: 'a-1', roleArn: 'old' }, { roleArn: ROLE }), region: 'eu-west-1' },
      [`aws eks update-pod-identity-association --region eu-west-1 --cluster-name prod --association-id a-1 --role-arn ${ROLE}`],
    ],
    [
      'session tags for an association',
      {
        ...patch('pod-identity-association', 'prod/shop/app', { id: 'a-1', roleArn: ROLE }, { roleArn: ROLE, disableSessionTags: false }),
        region: 'eu-west-1',
      },
      ['aws eks update-pod-identity-association --region eu-west-1 --cluster-name prod --association-id a-1 --no-disable-session-tags'],
    ],
    ['an association without an id', patch('pod-identity-association', 'prod/shop/app', { roleArn: 'old' }, { roleArn: ROLE }), []],
    ['nonsense', patch('provider', PROVIDER, null, 'text'), []],
  ])('%s', (_, given, expected) => expect(commandsFor([given], PLACE)).toEqual(expected));
});

const HOSTILE = [
  "x'; touch CANARY #",
  'x\u00a0',
  'a b',
  '$(touch CANARY)',
  '=ls',
  '~',
  '@x',
  '-rf',
  '--all',
  'file:///etc/passwd',
  '',
  'é',
];
const inRegion = (one: Patch, region: string | null = 'eu-west-1'): Patch => ({ ...one, region });

describe('what is not plain', () => {
  it.each(HOSTILE)('gives no command, wherever it stands: %j', (text) => {
    const accounts = [`${text}/shop/app`, `prod/${text}/app`, `prod/shop/${text}`];
    const associated = { id: 'a-1', roleArn: ROLE };
    const patches: readonly Patch[] = [
      patch('trust-policy', `arn:aws:iam::210987654321:role/${text}`, {}, { Statement: [] }),
      patch('provider', PROVIDER, null, { url: text === '' ? 'https://' : text, clientIds: ['a'] }),
      patch('provider', text, { clientIds: [] }, { url: 'https://x', clientIds: ['a'] }),
      ...accounts.flatMap((id) => [
        inRegion(patch('service-account', id, null, { annotations: { a: '1' } })),
        inRegion(patch('service-account', id, null, { annotations: {} })),
        inRegion(patch('pod-identity-association', id, null, { roleArn: ROLE })),
      ]),
      inRegion(patch('service-account', 'prod/shop/app', { annotations: {} }, { annotations: { [text]: '1' } })),
      inRegion(patch('service-account', 'prod/shop/app', { annotations: { [text]: '1' } }, { annotations: {} })),
      ...[{ ...associated, id: text }].map((before) => inRegion(patch('pod-identity-association', 'prod/shop/app', before, null))),
      inRegion(patch('pod-identity-association', 'prod/shop/app', null, { roleArn: text })),
      ...[text, null].flatMap((region) => [
        inRegion(patch('service-account', 'prod/shop/app', null, { annotations: { a: '1' } }), region),
        inRegion(patch('pod-identity-association', 'prod/shop/app', associated, null), region),
      ]),
    ];
    for (const one of patches) expect([one, commandsFor([one], PLACE)]).toEqual([one, []]);
    expect(commandsFor(patches.slice(-1), { partition: 'aws', account: text })).toEqual([]);
  });

  it.each(["it's", 'a b', 'a\u00adb', '$(touch CANARY)'])('gives none as the value of an annotation: %#', (text) => {
    expect(commandsFor([inRegion(patch('service-account', 'prod/shop/app', {}, { annotations: { a: text } }))], PLACE)).toEqual([]);
  });

  it.each(['https://github.com/octo', 'file:///home/me/.aws/credentials', 'a,b', '-rf', "it's"])(
    'goes as JSON where it is an audience, which the AWS CLI takes as it is: %s',
    (id) => {
      const [before, after] = [['a'], ['a', 'sts.amazonaws.com', id]].map((clientIds) => ({ url: 'gitlab.example.org', clientIds }));
      const [plain, other, ...more] = commandsFor([patch('provider', PROVIDER, before ?? null, after ?? null)], PLACE);
      expect([plain, more]).toEqual([expect.stringMatching(/ --client-id sts\.amazonaws\.com$/), []]);
      const input = /^aws iam add-client-id-to-open-id-connect-provider --cli-input-json '([^']*)'$/.exec(other ?? '')?.[1] ?? '';
      expect(JSON.parse(input)).toEqual({ OpenIDConnectProviderArn: PROVIDER, ClientID: id });
    },
  );

  it('takes the commands of the other patches with it, which are one repair', () => {
    const association = (id: string): Patch => inRegion(patch('pod-identity-association', 'prod/shop/app', { id, roleArn: 'old' }, null));
    expect(commandsFor([association('a-1'), association('a-2')], PLACE)).toHaveLength(2);
    expect(commandsFor([association('a-1'), association('a 2')], PLACE)).toEqual([]);
    expect(commandsFor([association('a-1'), patch('pod-identity-association', 'prod/shop/app', {}, null)], PLACE)).toEqual([]);
  });

  it.each<Json>(['file:///etc/passwd', null, [], 1])('is a trust policy that is none: %j', (after) => {
    expect(commandsFor([patch('trust-policy', ROLE, {}, after)], PLACE)).toEqual([]);
  });
});
