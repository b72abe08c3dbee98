import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chainOf } from '../../src/engine/chain/chain.js';
import { ROLE_ANNOTATION } from '../../src/model/inventory/annotations.js';
import type { Chain } from '../../src/model/report/chain.js';
import { allClusters } from '../../src/model/inventory/all-clusters.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { RULES } from '../../src/rules/index.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';
import { BOTH, forPods, HOST, policy, providerArn, roleArn } from './made-up-statements.js';

type Pod = NonNullable<Case['pods']>[number];

/** What gives the service account of a pod a role. */
type Giver = 'nothing' | 'annotation' | 'malformed annotation' | 'annotation of another role' | 'association';
const GIVERS: readonly Giver[] = ['nothing', 'annotation', 'malformed annotation', 'annotation of another role', 'association'];

const ANNOTATIONS: Readonly<Record<Giver, Readonly<Record<string, string>>>> = {
  'nothing': {},
  'annotation': { [ROLE_ANNOTATION]: roleArn('app') },
  'malformed annotation': { [ROLE_ANNOTATION]: 'app' },
  'annotation of another role': { [ROLE_ANNOTATION]: roleArn('other') },
  'association': {},
};

/** An account in which one pod names a role, with a token of its own or the webhook's. */
interface World {
  readonly role: string;
  readonly allowed: string;
  readonly audience: string;
  readonly hasProvider: boolean;
  readonly hasAgent: boolean;
}

const worlds: fc.Arbitrary<World> = fc.record({
  role: fc.constantFrom('app', 'app', 'app', 'gone'),
  allowed: fc.constantFrom('app', 'app', 'app', 'elsewhere'),
  audience: fc.constantFrom('sts.amazonaws.com', 'sts.amazonaws.com', 'own.example'),
  hasProvider: fc.constantFrom(true, true, false),
  hasAgent: fc.boolean(),
});

const ofOwnToken = ({ role, audience }: World): Partial<Pod> => ({
  containers: [
    {
      name: 'app',
      env: { AWS_ROLE_ARN: roleArn(role), AWS_WEB_IDENTITY_TOKEN_FILE: '/tokens/own/token' },
      volumeMounts: [{ name: 'own', mountPath: '/tokens/own' }],
    },
  ],
  volumes: [{ name: 'own', projected: { sources: [{ serviceAccountToken: { audience, path: 'token' } }] } }],
});

const ofWebhook = ({ role }: World): Partial<Pod> => ({
  env: { AWS_ROLE_ARN: roleArn(role), AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/secrets/eks.amazonaws.com/serviceaccount/token' },
});

function accountOf(world: World, pod: Partial<Pod>, giver: Giver, associated = 'other'): Case {
  const { allowed, hasProvider, hasAgent } = world;
  const trust = policy(
    {
      Effect: 'Allow',
      Principal: { Federated: providerArn(HOST.prod) },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: { [`${HOST.prod}:aud`]: 'sts.amazonaws.com', [`${HOST.prod}:sub`]: `system:serviceaccount:shop:${allowed}` },
      },
    },
    forPods(BOTH),
  );
  return {
    clusters: [{ name: 'prod', issuer: `https://${HOST.prod}` }],
    providers: hasProvider ? [{ arn: providerArn(HOST.prod) }] : [],
    roles: ['app', 'other'].map((name) => ({ arn: roleArn(name), trustPolicy: trust })),
    serviceAccounts: [{ cluster: 'prod', namespace: 'shop', name: 'app', annotations: ANNOTATIONS[giver] }],
    podIdentityAssociations:
      giver === 'association' ? [{ cluster: 'prod', namespace: 'shop', serviceAccount: 'app', roleArn: roleArn(associated) }] : [],
    ...(hasAgent ? { agents: [{ cluster: 'prod', desired: 1, ready: 1 }] } : {}),
    pods: [
      { cluster: 'prod', namespace: 'shop', name: 'app-1', serviceAccountName: 'app', owner: { kind: 'Deployment', name: 'app' }, ...pod },
    ],
  };
}

function whyOf(given: Case): Chain {
  const inventory = inventoryOfCase(given);
  const [cluster] = allClusters(inventory);
  if (cluster === undefined) throw new Error('no cluster');
  const target = { region: cluster.region, cluster: cluster.name, namespace: 'shop', serviceAccount: 'app', pod: 'app-1' };
  return chainOf(inventory, { rules: RULES, report: auditInventory(inventory) }, cluster, target);
}

const OF_STS = ['provider', 'audience of the provider', 'statement', 'audience', 'subject', 'permissions'];

/** What a chain comes to, and what STS is said to make of the pod's token. */
const told = ({ verdict, by, links }: Chain): unknown => ({
  verdict,
  by,
  links: links.filter(({ link }) => OF_STS.includes(link)).map(({ link, state }) => `${link} ${state}`),
});

describe('why pod/NAME', () => {
  it('follows a pod that names its role and brings its token, whatever its service account is given', () => {
    fc.assert(
      fc.property(worlds, fc.constantFrom(...GIVERS), (world, giver) => {
        expect(told(whyOf(accountOf(world, ofOwnToken(world), giver)))).toEqual(
          told(whyOf(accountOf(world, ofOwnToken(world), 'nothing'))),
        );
      }),
      { numRuns: 300, seed: 20261201 },
    );
  });

  it('follows a pod that the webhook gave a role and a token by these, in spite of an association with the same role', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const pod = ofWebhook({ ...world, role: 'app' });
        expect(told(whyOf(accountOf(world, pod, 'association', 'app')))).toEqual(told(whyOf(accountOf(world, pod, 'annotation'))));
      }),
      { numRuns: 100, seed: 20261201 },
    );
  });
});
