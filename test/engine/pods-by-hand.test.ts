import { describe, expect, it } from '@jest/globals';
import { chainOf } from '../../src/engine/chain/chain.js';
import type { Chain } from '../../src/model/report/chain.js';
import { atLeast, type Finding } from '../../src/model/report/finding.js';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import { seen } from '../../src/model/inventory/observed.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { RULES } from '../../src/rules/index.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';

const ACCOUNT = '210987654321';
const URL = 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6';
const PROVIDER = `arn:aws:iam::${ACCOUNT}:oidc-provider/${URL}`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/vault`;
const OTHER = `arn:aws:iam::${ACCOUNT}:role/other`;
const STS = 'sts.amazonaws.com';
const API_SERVER = 'https://kubernetes.default.svc';
const NOT_AUTHORIZED = 'AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity';
const WRONG_AUDIENCE = 'InvalidIdentityToken: Incorrect token audience';

/** What is true of the pod's own role, token and provider. */
interface Variant {
  readonly role?: string;
  readonly subject?: string;
  readonly demanded?: string;
  /** Beside the conditions on audience and subject. */
  readonly more?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly clientIds?: readonly string[] | null;
  readonly audience?: string;
  readonly tokenFile?: string;
  readonly isMounted?: boolean;
}

const trust = (subject: string, audience: string, more: Variant['more'] = {}): Record<string, unknown> => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: PROVIDER },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${URL}:aud`]: audience, [`${URL}:sub`]: subject }, ...more },
    },
  ],
});
const FOR_PODS = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'pods.eks.amazonaws.com' }, Action: ['sts:AssumeRole', 'sts:TagSession'] }],
};

type Besides = 'bare' | 'annotated' | 'associated';

function accountWith(variant: Variant, besides: Besides): Inventory {
  const { role = ROLE, subject = 'system:serviceaccount:shop:vault', demanded = STS, audience = STS } = variant;
  const { clientIds = [STS], tokenFile = '/tokens/aws/token', isMounted = true } = variant;
  const given = {
    clusters: [{ name: 'prod', issuer: `https://${URL}` }],
    providers: clientIds === null ? [] : [{ arn: PROVIDER, clientIds }],
    roles: [
      { arn: ROLE, trustPolicy: trust(subject, demanded, variant.more) },
      ...(besides === 'annotated' ? [{ arn: OTHER, trustPolicy: trust('system:serviceaccount:shop:vault', STS) }] : []),
      ...(besides === 'associated' ? [{ arn: OTHER, trustPolicy: FOR_PODS }] : []),
    ],
    serviceAccounts: [
      {
        cluster: 'prod',
        namespace: 'shop',
        name: 'vault',
        annotations: besides === 'annotated' ? { 'eks.amazonaws.com/role-arn': OTHER } : {},
      },
    ],
    pods: [
      {
        cluster: 'prod',
        namespace: 'shop',
        name: 'vault-1',
        serviceAccountName: 'vault',
        containers: [
          {
            name: 'vault',
            env: { AWS_ROLE_ARN: role, AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile },
            volumeMounts: isMounted ? [{ name: 'token', mountPath: '/tokens/aws' }] : [],
          },
        ],
        volumes: [{ name: 'token', projected: { sources: [{ serviceAccountToken: { audience, path: 'token' } }] } }],
      },
    ],
    namespaces: [{ cluster: 'prod', name: 'shop' }],
    agents: [{ cluster: 'prod', desired: 1, ready: 1 }],
    podIdentityAssociations:
      besides === 'associated' ? [{ cluster: 'prod', namespace: 'shop', serviceAccount: 'vault', roleArn: OTHER }] : [],
  } as unknown as Case;
  return inventoryOfCase(given);
}

const BREAKS = new Set(RULES.filter(({ kind }) => kind === 'break').map(({ id }) => id));

interface Judged {
  readonly chain: Chain;
  readonly breaks: readonly Finding[];
}

function judged(inventory: Inventory): Judged {
  const report = auditInventory(inventory);
  const cluster = inventory.regions.flatMap(({ clusters }) => seen(clusters))[0];
  if (cluster === undefined) throw new Error('one cluster');
  const target = { region: cluster.region, cluster: cluster.name, namespace: 'shop', serviceAccount: 'vault', pod: null };
  return {
    chain: chainOf(inventory, { rules: RULES, report }, cluster, target),
    breaks: report.findings.filter(({ rule, severity }) => BREAKS.has(rule) && atLeast(severity, 'low')),
  };
}

const REFUSED = 'pod-role-refused prod/shop/vault-1';
const API_TOKEN = { tokenFile: '/var/run/secrets/kubernetes.io/serviceaccount/token', isMounted: false };

/** A variant, what is told (rule and subject, confidence, error), and where a chain breaks off. */
const TABLE: readonly (readonly [string, Variant, readonly string[], Chain['verdict'], string | null])[] = [
  ['all is right', {}, [], 'holds', null],
  ['an own audience that all agree on', { audience: 'own', demanded: 'own', clientIds: ['own', STS] }, [], 'holds', null],
  ['the role is gone', { role: `${ROLE}-old` }, [`${REFUSED} certain ${NOT_AUTHORIZED}`], 'broken', 'role'],
  ['the role is of another account', { role: 'arn:aws:iam::111122223333:role/vault' }, [], 'open', null],
  [
    'the role is for another subject',
    { subject: 'system:serviceaccount:shop:valt' },
    [`${REFUSED} certain ${NOT_AUTHORIZED}`],
    'broken',
    'subject',
  ],
  ['nobody can tell', { more: { StringLike: { 'sts:RoleSessionName': 'vault-*' } } }, [], 'open', null],
  [
    'the provider is absent',
    { clientIds: null },
    [`provider-missing prod certain InvalidIdentityToken: No OpenIDConnect provider found in your account for https://${URL}`],
    'broken',
    'provider',
  ],
  [
    'the token has an audience of nobody',
    { audience: API_SERVER },
    [`${REFUSED} certain ${WRONG_AUDIENCE}`],
    'broken',
    'audience of the provider',
  ],
  [
    'the provider lacks what role and token agree on',
    { audience: 'own', demanded: 'own' },
    [`provider-audience-missing ${PROVIDER} certain ${WRONG_AUDIENCE}`],
    'broken',
    'audience of the provider',
  ],
  ['nothing is mounted there', { isMounted: false }, [`${REFUSED} likely null`], 'broken', 'pod'],
  ['it is the token for the API server', API_TOKEN, [`${REFUSED} likely ${WRONG_AUDIENCE}`], 'broken', 'audience of the provider'],
  [
    'it is the token for the API server, which provider and role take',
    { ...API_TOKEN, clientIds: [API_SERVER, STS], demanded: API_SERVER },
    [],
    'holds',
    null,
  ],
];

describe('pods that set web identity themselves', () => {
  it.each(TABLE)('where %s are told and followed alike, of a bare service account', (_, variant, told, verdict, link) => {
    const { chain, breaks } = judged(accountWith(variant, 'bare'));
    expect(breaks.map((one) => `${one.rule} ${one.subject.id} ${one.confidence} ${String(one.error)}`)).toEqual(told);
    expect(chain.verdict === 'holds' || chain.links.length > 3).toBe(true);
    expect([chain.verdict, chain.verdict === 'broken' ? chain.links[chain.first ?? 0]?.link : null]).toEqual([verdict, link]);
  });

  describe.each(['annotated', 'associated'] as const)('beside the role of an %s service account', (besides) => {
    it.each(TABLE)('where %s are told and followed alike', (_, variant, told, verdict) => {
      const { chain, breaks } = judged(accountWith(variant, besides));
      const own = breaks.filter(({ rule }) => told.some((one) => one.startsWith(`${rule} `)));
      expect(own.map((one) => `${one.rule} ${one.subject.id} ${one.confidence} ${String(one.error)}`)).toEqual(told);
      expect(breaks.filter((one) => !own.includes(one)).map(({ rule }) => rule)).toEqual([]);
      expect(chain.verdict).toBe(verdict);
    });
  });

  it('are not told of where values come from elsewhere', () => {
    const inventory = structuredClone(accountWith({ role: `${ROLE}-old` }, 'bare'));
    const [cluster] = inventory.regions.flatMap(({ clusters }) => seen(clusters));
    for (const { containers } of seen(cluster!.workloads)) for (const one of containers) Object.assign(one, { roleArn: null });
    expect(judged(inventory).breaks).toEqual([]);
  });

  it('demand nothing of a role that its provider would not take', () => {
    const { findings } = auditInventory(accountWith({ audience: API_SERVER }, 'bare'));
    expect(JSON.stringify(findings.filter(({ subject }) => subject.type === 'role'))).not.toContain(API_SERVER);
  });
});
