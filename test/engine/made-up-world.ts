import fc from 'fast-check';
import type { Cluster, Inventory, Json, OidcProvider, Role, ServiceAccount } from '../../src/model/inventory/inventory.js';
import { NOTHING_INSIDE } from '../../src/model/contract/sections.js';
import { known, unknown, type Observed, type UnknownReason } from '../../src/model/inventory/observed.js';

/** A small account that changes from run to run, and what of it can be read. Everything a rule may find is one choice away. */
export interface World {
  readonly clusters: Readonly<Record<ClusterName, { readonly exists: boolean; readonly provider: 'right' | 'none' | 'wrong-audience' }>>;
  readonly roles: readonly (keyof typeof TRUSTS | 'gone')[];
  /** Which role the one service account carries; null = none. */
  readonly annotated: number | null;
}

/** What a run could not read. */
export interface Blindness {
  readonly regions: Readonly<Record<ClusterName, UnknownReason | null>>;
  readonly detail: UnknownReason | null;
  readonly providers: UnknownReason | null;
  readonly providerDetail: UnknownReason | null;
  readonly serviceAccounts: UnknownReason | null;
  readonly quotas: UnknownReason | null;
  /** How many roles arrived before the list broke off; null = all of them. */
  readonly rolesUntil: number | null;
}

type ClusterName = 'prod' | 'lab';
const NAMES: readonly ClusterName[] = ['prod', 'lab'];
const ACCOUNT = '210987654321';
const REGION = { prod: 'eu-west-1', lab: 'us-east-1' } as const;
const ID = { prod: '4F7A9C02D1E85B364A6C0F9D2E7B1835', lab: 'B38E01F6A7C24D95E0F18A3B6C7D2E49' } as const;
const hostOf = (name: ClusterName): string => `oidc.eks.${REGION[name]}.amazonaws.com/id/${ID[name]}`;
const GHOST = 'oidc.eks.eu-west-1.amazonaws.com/id/00000000000000000000000000000000';
const arnOf = (url: string): string => `arn:aws:iam::${ACCOUNT}:oidc-provider/${url}`;

function statement(url: string, subject: Readonly<Record<string, Json>>, keys = url): Json {
  return {
    Effect: 'Allow',
    Principal: { Federated: arnOf(url) },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { [`${keys}:aud`]: 'sts.amazonaws.com' }, ...subject },
  };
}
const equals = (url: string, value: string): Readonly<Record<string, Json>> => ({
  StringEquals: { [`${url}:aud`]: 'sts.amazonaws.com', [`${url}:sub`]: value },
});
const policy = (...statements: readonly Json[]): Json => ({ Version: '2012-10-17', Statement: statements });

/** Trust policies that are right for one cluster, and each kind of wrong. */
const TRUSTS = {
  'right for prod': policy(statement(hostOf('prod'), equals(hostOf('prod'), 'system:serviceaccount:shop:app'))),
  'right for lab': policy(statement(hostOf('lab'), equals(hostOf('lab'), 'system:serviceaccount:shop:app'))),
  'wildcard under equals': policy(statement(hostOf('prod'), equals(hostOf('prod'), 'system:serviceaccount:shop:app-*'))),
  'another service account': policy(statement(hostOf('prod'), equals(hostOf('prod'), 'system:serviceaccount:shop:other'))),
  'no subject': policy(statement(hostOf('lab'), {})),
  'whole cluster': policy(statement(hostOf('prod'), { StringLike: { [`${hostOf('prod')}:sub`]: 'system:serviceaccount:*:*' } })),
  'provider that never was': policy(statement(GHOST, equals(GHOST, 'system:serviceaccount:shop:app'))),
  'keys of another cluster': policy(statement(hostOf('prod'), equals(hostOf('lab'), 'system:serviceaccount:shop:app'), hostOf('lab'))),
  'two clusters': policy(
    statement(hostOf('prod'), equals(hostOf('prod'), 'system:serviceaccount:shop:app')),
    statement(GHOST, equals(GHOST, 'system:serviceaccount:shop:app')),
  ),
  'placeholder': policy(statement(hostOf('prod'), equals(hostOf('prod'), 'system:serviceaccount:NAMESPACE:<SERVICE_ACCOUNT>'))),
  'malformed subject and wrong audience': policy({
    Effect: 'Allow',
    Principal: { Federated: arnOf(hostOf('prod')) },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { [`${hostOf('prod')}:aud`]: 'wrong', [`${hostOf('prod')}:sub`]: 'shop:app' } },
  }),
  'for a service of AWS': policy({ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }),
} as const;

const perhaps = <T>(value: T, why: UnknownReason | null): Observed<T> => (why === null ? known(value) : unknown(why, 'said so'));

function roleOf(index: number, trustPolicy: Json): Role {
  const name = `role-${index}`;
  return {
    arn: `arn:aws:iam::${ACCOUNT}:role/${name}`,
    name,
    path: '/',
    createdAt: null,
    trustPolicy,
    inlinePolicies: [],
    attachedPolicyArns: ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'],
    permissionsBoundaryArn: null,
    tags: {},
    lastUsed: null,
  };
}

/** The world as one run reads it. */
export function inventoryOf({ clusters, roles, annotated }: World, blind: Blindness, collectedAt: string): Inventory {
  const serviceAccounts: readonly ServiceAccount[] = [
    {
      namespace: 'shop',
      name: 'app',
      annotations: annotated === null ? {} : { 'eks.amazonaws.com/role-arn': `arn:aws:iam::${ACCOUNT}:role/role-${annotated}` },
    },
  ];
  const clusterOf = (name: ClusterName): Cluster => ({
    name,
    region: REGION[name],
    arn: `arn:aws:eks:${REGION[name]}:${ACCOUNT}:cluster/${name}`,
    detail: perhaps(
      {
        status: 'ACTIVE',
        issuer: `https://${hostOf(name)}`,
        endpoint: null,
        certificateAuthority: null,
        endpointPublicAccess: null,
        createdAt: null,
        kubernetesVersion: null,
        tags: {},
      },
      blind.detail,
    ),
    ...NOTHING_INSIDE,
    serviceAccounts: perhaps(serviceAccounts, blind.serviceAccounts),
  });
  const providers: readonly OidcProvider[] = NAMES.filter((name) => clusters[name].provider !== 'none').map((name) => ({
    arn: arnOf(hostOf(name)),
    detail: perhaps(
      {
        url: hostOf(name),
        clientIds: [clusters[name].provider === 'right' ? 'sts.amazonaws.com' : 'sts.eu-west-1.amazonaws.com'],
        thumbprints: [],
        createdAt: null,
        tags: {},
      },
      blind.providerDetail,
    ),
  }));
  const all = roles.flatMap((kind, index) => (kind === 'gone' ? [] : [roleOf(index, TRUSTS[kind])]));
  const cut = blind.rolesUntil;
  return {
    schemaVersion: 1,
    collectedAt,
    account: ACCOUNT,
    accountAlias: null,
    partition: 'aws',
    requestedRegions: 'all',
    regionList: known(['eu-west-1', 'us-east-1']),
    regions: NAMES.map((name) => ({
      region: REGION[name],
      clusters: perhaps(clusters[name].exists ? [clusterOf(name)] : [], blind.regions[name]),
    })),
    providers: perhaps(providers, blind.providers),
    roles: cut === null ? known(all) : unknown('out-of-time', 'cut', all.slice(0, cut)),
    managedPolicies: cut === null ? known([]) : unknown('out-of-time', 'cut', []),
    quotas: perhaps({ trustPolicyLength: 2048, roles: 1000 }, blind.quotas),
    calls: {},
    notes: [],
  };
}

export const SEES_ALL: Blindness = {
  regions: { prod: null, lab: null },
  detail: null,
  providers: null,
  providerDetail: null,
  serviceAccounts: null,
  quotas: null,
  rolesUntil: null,
};

const clusters = fc.record({
  exists: fc.constantFrom(true, true, true, false),
  provider: fc.constantFrom('right' as const, 'right' as const, 'none' as const, 'wrong-audience' as const),
});

const KINDS: readonly (keyof typeof TRUSTS | 'gone')[] = [...(Object.keys(TRUSTS) as (keyof typeof TRUSTS)[]), 'gone'];

export const worlds: fc.Arbitrary<World> = fc.record({
  clusters: fc.record({ prod: clusters, lab: clusters }),
  roles: fc.array(fc.constantFrom(...KINDS), { minLength: 3, maxLength: 3 }),
  annotated: fc.option(fc.nat(2)),
});

const REASONS: readonly UnknownReason[] = ['denied', 'throttled', 'unreachable', 'failed', 'out-of-time', 'malformed'];
const reason = fc.option(fc.constantFrom(...REASONS), { freq: 4, nil: null });
const service = fc.option(fc.constantFrom<UnknownReason>(...REASONS, 'not-requested', 'not-requested'), { freq: 2, nil: null });

export const blindness: fc.Arbitrary<Blindness> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(SEES_ALL) },
  {
    weight: 3,
    arbitrary: fc.record({
      regions: fc.record({ prod: reason, lab: reason }),
      detail: reason,
      providers: reason,
      providerDetail: reason,
      serviceAccounts: service,
      quotas: reason,
      rolesUntil: fc.option(fc.nat(3), { freq: 4, nil: null }),
    }),
  },
);
