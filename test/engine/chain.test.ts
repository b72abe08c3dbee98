import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Chain } from '../../src/model/chain.js';
import type { Cluster, Inventory, PodIdentityAssociation } from '../../src/model/inventory.js';
import { known, unknown, whatArrived } from '../../src/model/observed.js';
import { DEFAULT_SETTINGS } from '../../src/model/settings.js';
import type { ContainerIdentity, Workload } from '../../src/model/workload.js';
import { NoSuchWorkloadError, whyNot, type WhyQuestion } from '../../src/pipeline.js';
import { evaluateTrust } from '../../src/policy/evaluate.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';
import { inventoryOf, SEES_ALL, type World } from './made-up-world.js';

const ROLE = 'arn:aws:iam::210987654321:role/role-0';
const NOT_AUTHORIZED = 'AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity';
const ISSUER = 'https://oidc.eks.eu-west-1.amazonaws.com/id/4F7A9C02D1E85B364A6C0F9D2E7B1835';

const container = (over: Partial<ContainerIdentity> = {}): ContainerIdentity => ({
  name: 'app',
  init: false,
  variables: ['AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE'],
  roleArn: ROLE,
  tokenFile: '/var/run/secrets/eks.amazonaws.com/serviceaccount/token',
  region: null,
  credentialsUri: null,
  tokens: [],
  error: null,
  ...over,
});
const workload = (over: Partial<Workload> = {}): Workload => ({
  namespace: 'shop',
  owner: { kind: 'Deployment', name: 'app' },
  serviceAccount: 'app',
  pods: 2,
  example: 'app-7c9d-x2x4z',
  oldest: null,
  newest: null,
  os: 'linux',
  fargate: false,
  hostNetwork: false,
  annotations: {},
  skipsWebhook: false,
  app: null,
  containers: [container()],
  ...over,
});

/** An account in which the service account shop/app of the cluster prod has its role, but for what a test changes. */
function account(over: Partial<World> = {}, change: (prod: Cluster) => Cluster = (prod) => prod): Inventory {
  const world: World = {
    clusters: { prod: { exists: true, provider: 'right' }, lab: { exists: false, provider: 'none' } },
    roles: ['right for prod'],
    annotated: 0,
    ...over,
  };
  const inventory = inventoryOf(world, SEES_ALL, '2026-11-24T06:00:00.000Z');
  const changed = (cluster: Cluster): Cluster =>
    cluster.name === 'prod' ? change({ ...cluster, podIdentityAssociations: known([]), workloads: known([workload()]) }) : cluster;
  return { ...inventory, regions: inventory.regions.map((one) => ({ ...one, clusters: known(whatArrived(one.clusters).map(changed)) })) };
}
const ASKED: WhyQuestion = { cluster: 'prod', namespace: 'shop', serviceAccount: 'app' };
const why = (inventory: Inventory, asked: Partial<WhyQuestion> = {}): Chain => whyNot(inventory, { ...ASKED, ...asked }, DEFAULT_SETTINGS);
/** The link that does not hold, and what the pod sees. */
const brokenAt = ({ links, first, verdict }: Chain): readonly unknown[] => {
  const link = first === null ? undefined : links[first];
  return [verdict, link?.link, link?.error ?? null];
};

describe('a chain', () => {
  it('that holds says so of every link, in the order in which they are needed', () => {
    const { verdict, by, links, findings } = why(account());
    expect([verdict, by, findings]).toEqual(['holds', 'irsa', []]);
    expect(links.map(({ link }) => link)).toEqual([
      'cluster',
      'service account',
      'annotation',
      'role',
      'pod',
      'provider',
      'audience of the provider',
      'statement',
      'audience',
      'subject',
      'other conditions',
      'deny',
    ]);
  });

  const annotated = (value: string) => (prod: Cluster) => ({
    ...prod,
    serviceAccounts: known([{ namespace: 'shop', name: 'app', annotations: { 'eks.amazonaws.com/role-arn': value } }]),
  });
  const running = (over: Partial<Workload>) => (prod: Cluster) => ({ ...prod, workloads: known([workload(over)]) });

  it.each<[string, string | null, Inventory]>([
    [
      'service account',
      expect.stringContaining('not found') as unknown as string,
      account({}, (prod) => ({ ...prod, serviceAccounts: known([]) })),
    ],
    ['annotation', 'Unable to locate credentials', account({ annotated: null })],
    ['annotation', 'ValidationError: Request ARN is invalid', account({}, annotated('role/role-0'))],
    ['role', NOT_AUTHORIZED, account({}, annotated('arn:aws:iam::210987654321:role/other'))],
    ['pod', 'Unable to locate credentials', account({}, running({ containers: [container({ roleArn: null, tokenFile: null })] }))],
    ['pod', 'Unable to locate credentials', account({}, running({ skipsWebhook: true }))],
    ['pod', null, account({}, running({ containers: [container({ roleArn: `${ROLE}-old` })] }))],
    ['pod', null, account({}, running({ containers: [container({ variables: ['AWS_ACCESS_KEY_ID'] })] }))],
    [
      'provider',
      `InvalidIdentityToken: No OpenIDConnect provider found in your account for ${ISSUER}`,
      account({ clusters: { prod: { exists: true, provider: 'none' }, lab: { exists: false, provider: 'none' } } }),
    ],
    [
      'audience of the provider',
      'InvalidIdentityToken: Incorrect token audience',
      account({ clusters: { prod: { exists: true, provider: 'wrong-audience' }, lab: { exists: false, provider: 'none' } } }),
    ],
    ['statement', NOT_AUTHORIZED, account({ roles: ['right for lab'] })],
    ['statement', NOT_AUTHORIZED, account({ roles: ['for a service of AWS'] })],
    ['audience', NOT_AUTHORIZED, account({ roles: ['malformed subject and wrong audience'] })],
    ['subject', NOT_AUTHORIZED, account({ roles: ['another service account'] })],
    ['subject', NOT_AUTHORIZED, account({ roles: ['wildcard under equals'] })],
    ['audience', NOT_AUTHORIZED, account({ roles: ['keys of another cluster'] })],
  ])('breaks at the link %s with %p', (link, error, inventory) => expect(brokenAt(why(inventory))).toEqual(['broken', link, error]));

  it('is repaired by what the audit found and proved', () => {
    const { findings } = why(account({ roles: ['another service account'] }));
    expect(findings.map(({ rule, fix }) => [rule, fix?.verified])).toEqual([['subject-mismatch', true]]);
  });

  it('leaves out containers that the pod takes out of the hands of the webhook', () => {
    const sidecar = container({ name: 'proxy', roleArn: null, tokenFile: null, variables: [] });
    const annotations = { 'eks.amazonaws.com/skip-containers': 'other, proxy' };
    expect(why(account({}, running({ annotations, containers: [container(), sidecar] }))).verdict).toBe('holds');
    expect(brokenAt(why(account({}, running({ containers: [container(), sidecar] })))).slice(0, 2)).toEqual(['broken', 'pod']);
  });

  it('is open where a link was not read, and names it', () => {
    const blind = account({}, (prod) => ({ ...prod, workloads: unknown('denied', 'no') }));
    expect(brokenAt(why(blind))).toEqual(['open', 'pod', null]);
    expect(why(blind).links[4]).toMatchObject({ state: 'not-read', says: 'The pods of the cluster: could not be read (denied), no.' });
  });

  const silent = unknown('denied', 'no');
  const withDetail = (prod: Cluster, detail: Cluster['detail']): Cluster => ({ ...prod, detail });
  const elsewhere = 'arn:aws:iam::111122223333:role/app';
  // Without a provider here: STS looks for it in the account of the role.
  const foreign = account({ clusters: { prod: { exists: true, provider: 'none' }, lab: { exists: false, provider: 'none' } } }, (prod) => ({
    ...annotated(elsewhere)(prod),
    workloads: known([workload({ containers: [container({ roleArn: elsewhere })] })]),
  }));
  it.each<[string, RegExp, Inventory]>([
    ['cluster', /^The cluster prod: could not be read \(denied\)/, account({}, (prod) => withDetail(prod, silent))],
    [
      'service account',
      /^The service accounts of the cluster: could not be read \(denied\)/,
      account({}, (prod) => ({ ...prod, serviceAccounts: silent })),
    ],
    ['role', /^The roles of the account: could not be read \(denied\)/, { ...account(), roles: silent }],
    [
      'role',
      /^The role arn:aws:iam::111122223333:role\/app belongs to another account than 210987654321, which this audit does not read/,
      foreign,
    ],
    ['provider', /^The OIDC providers of the account: could not be read \(denied\)/, { ...account(), providers: silent }],
    [
      'audience of the provider',
      /^The audiences of the provider: could not be read \(denied\)/,
      (() => {
        const inventory = account();
        return { ...inventory, providers: known(whatArrived(inventory.providers).map((one) => ({ ...one, detail: silent }))) };
      })(),
    ],
  ])('is open at the link %s that was not read: %s', (link, says, inventory) => {
    const chain = why(inventory);
    expect(brokenAt(chain)).toEqual(['open', link, null]);
    expect(chain.links.find((one) => one.link === link)).toMatchObject({ state: 'not-read', says: expect.stringMatching(says) });
  });

  it('ends at a cluster without an issuer', () => {
    const chain = why(
      account({}, (prod) => withDetail(prod, prod.detail.known ? known({ ...prod.detail.value, issuer: null }) : prod.detail)),
    );
    expect(brokenAt(chain)).toEqual(['broken', 'cluster', null]);
    expect(chain.links.map(({ link }) => link)).toEqual(['cluster', 'service account', 'annotation', 'role', 'pod']);
  });

  it('says that associations were not read, where they might be the way', () => {
    const { links } = why(account({ annotated: null }, (prod) => ({ ...prod, podIdentityAssociations: silent })));
    expect(links[2]?.says).toMatch(/and no Pod Identity association that could be read\.$/);
  });

  it('lets wait what hangs on a broken link', () => {
    const inventory = account({ clusters: { prod: { exists: true, provider: 'none' }, lab: { exists: false, provider: 'none' } } });
    expect(why(inventory).links.find(({ link }) => link === 'audience of the provider')?.state).toBe('waiting');
  });
});

describe('by EKS Pod Identity', () => {
  const association: PodIdentityAssociation = { namespace: 'shop', serviceAccount: 'app', roleArn: ROLE };
  const withTrust = (trustPolicy: object, agent = 1): Inventory => {
    const inventory = account({ annotated: null }, (prod) => ({
      ...prod,
      podIdentityAssociations: known([association]),
      addons: known([]),
      podIdentityAgent: known(agent === 0 ? null : { desired: agent, ready: 1 }),
    }));
    const roles = whatArrived(inventory.roles).map((role) => ({
      ...role,
      trustPolicy: { Version: '2012-10-17', Statement: [trustPolicy] } as never,
    }));
    return { ...inventory, roles: known(roles) };
  };
  const trust = (Action: unknown, more: object = {}) => ({
    Effect: 'Allow',
    Principal: { Service: 'pods.eks.amazonaws.com' },
    Action,
    ...more,
  });

  const under = (condition: object): object => trust(['sts:AssumeRole', 'sts:TagSession'], { Condition: { StringEquals: condition } });

  it.each<[string, Inventory, readonly unknown[]]>([
    ['both actions', withTrust(trust(['sts:AssumeRole', 'sts:TagSession'])), ['holds', undefined]],
    ['no tags', withTrust(trust('sts:AssumeRole')), ['broken', 'trust policy']],
    ['tags alone', withTrust(trust('sts:TagSession')), ['broken', 'trust policy']],
    ['another service', withTrust(trust(['sts:*'], { Principal: { Service: 'ec2.amazonaws.com' } })), ['broken', 'trust policy']],
    ['a condition that it meets', withTrust(under({ 'aws:RequestTag/kubernetes-namespace': 'shop' })), ['holds', undefined]],
    ['a condition that it does not meet', withTrust(under({ 'aws:RequestTag/kubernetes-namespace': 'web' })), ['broken', 'trust policy']],
    ['an account that AWS does not document', withTrust(under({ 'aws:SourceAccount': '1' })), ['open', 'trust policy']],
    ['a key that nobody can know', withTrust(under({ 'aws:PrincipalOrgID': 'o-1' })), ['open', 'trust policy']],
    ['no agent', withTrust(trust(['sts:AssumeRole', 'sts:TagSession']), 0), ['broken', 'agent']],
    ['an agent that is not ready everywhere', withTrust(trust(['sts:AssumeRole', 'sts:TagSession']), 3), ['open', 'agent']],
  ])('%s', (_what, inventory, expected) => {
    const chain = why(inventory);
    expect([chain.by, ...brokenAt(chain).slice(0, 2)]).toEqual(['pod-identity', ...expected]);
  });
});

describe('the target role of an association', () => {
  const TARGET = 'arn:aws:iam::210987654321:role/data';
  const statement = (principal: string, Action: unknown): object => ({ Effect: 'Allow', Principal: { AWS: principal }, Action });
  const BOTH = ['sts:AssumeRole', 'sts:TagSession'];
  const service = { Effect: 'Allow', Principal: { Service: 'pods.eks.amazonaws.com' }, Action: BOTH };
  const targetOf = (target: object | null, over: Partial<PodIdentityAssociation> = {}): unknown => {
    const association = { namespace: 'shop', serviceAccount: 'app', roleArn: ROLE, targetRoleArn: TARGET, ...over };
    const inventory = account({ annotated: null }, (prod) => ({ ...prod, podIdentityAssociations: known([association]) }));
    const [role] = whatArrived(inventory.roles);
    if (role === undefined) throw new Error('no role');
    const document = (one: object): never => ({ Version: '2012-10-17', Statement: [one] }) as never;
    const roles = [
      { ...role, trustPolicy: document(service) },
      ...(target === null ? [] : [{ ...role, arn: TARGET, name: 'data', trustPolicy: document(target) }]),
    ];
    return why({ ...inventory, roles: known(roles) }).links.find(({ link }) => link === 'target role')?.state;
  };

  it.each<[string, unknown, string | undefined]>([
    ['trusts it', targetOf(statement(ROLE, BOTH)), 'ok'],
    ['trusts another', targetOf(statement('arn:aws:iam::210987654321:role/other', BOTH)), 'broken'],
    ['trusts it without tags', targetOf(statement(ROLE, BOTH[0])), 'broken'],
    ['trusts it without tags, and there are none', targetOf(statement(ROLE, BOTH[0]), { disableSessionTags: true }), 'undecided'],
    ['trusts the account', targetOf(statement('arn:aws:iam::210987654321:root', BOTH)), 'undecided'],
    ['is not there', targetOf(null), 'broken'],
    ['is of another account', targetOf(null, { targetRoleArn: 'arn:aws:iam::111122223333:role/data' }), 'not-read'],
    ['is none', targetOf(null, { targetRoleArn: null }), undefined],
  ])('%s', (_, state, expected) => expect(state).toBe(expected));
});

describe('the agent of EKS Pod Identity', () => {
  const addon = (name: string) => ({
    name,
    detail: known({ version: null, status: 'ACTIVE', issues: [], serviceAccountRoleArn: null, configured: false }),
    wants: known([]),
  });
  const agentOf = (over: Partial<Cluster>, roleArn: string | null = ROLE): Chain =>
    why(
      account({}, (prod) => ({
        ...prod,
        podIdentityAssociations: known([{ namespace: 'shop', serviceAccount: 'app', roleArn }]),
        addons: known([]),
        podIdentityAgent: known(null),
        ...over,
      })),
    );
  const stateOf = ({ links }: Chain): unknown => links.find(({ link }) => link === 'agent')?.state;

  it.each<[string, Partial<Cluster>, string]>([
    ['the add-on is enough', { addons: known([addon('vpc-cni'), addon('eks-pod-identity-agent')]) }, 'ok'],
    ['without either there is none', { addons: known([addon('vpc-cni')]) }, 'broken'],
    ['add-ons that were not read leave it open', { addons: unknown('denied', 'no') }, 'not-read'],
    ['a daemon set that was not read leaves it open', { podIdentityAgent: unknown('denied', 'no') }, 'not-read'],
    ['a daemon set is enough', { addons: unknown('denied', 'no'), podIdentityAgent: known({ desired: 2, ready: 2 }) }, 'ok'],
  ])('%s', (_what, over, state) => expect(stateOf(agentOf(over))).toBe(state));

  it('comes with EKS Auto Mode', () => {
    const auto = why(
      account({}, (prod) => ({
        ...prod,
        detail: prod.detail.known ? known({ ...prod.detail.value, autoMode: true }) : prod.detail,
        podIdentityAssociations: known([{ namespace: 'shop', serviceAccount: 'app', roleArn: ROLE }]),
      })),
    );
    expect(stateOf(auto)).toBe('ok');
  });

  it('is not asked for where the role of the association was not read', () => {
    const chain = agentOf({}, null);
    expect(brokenAt(chain)).toEqual(['open', 'association', null]);
    expect(chain.links.map(({ link }) => link)).toEqual(['cluster', 'service account', 'association']);
  });
});

describe('which workload', () => {
  it('is a pod, by its name or that of its owner', () => {
    for (const pod of ['app-7c9d-x2x4z', 'app-7c9d-other', 'app'])
      expect(why(account(), { pod, serviceAccount: undefined as never }).target).toMatchObject({ serviceAccount: 'app', pod });
  });

  it.each<[Partial<WhyQuestion>, RegExp]>([
    [{ cluster: 'prdo' }, /There is no cluster "prdo" among those that were read\. Did you mean prod\?/],
    [{ cluster: undefined as never }, /There are several clusters: name one of them with --cluster \(eu-west-1\/prod, us-east-1\/lab\)/],
    [{ pod: 'nobody', serviceAccount: undefined as never }, /There is no running pod nobody in namespace shop of cluster prod/],
  ])('%j is asked back', (asked, words) => {
    const two = account({ clusters: { prod: { exists: true, provider: 'right' }, lab: { exists: true, provider: 'right' } } });
    expect(() => why(two, asked)).toThrow(NoSuchWorkloadError);
    expect(() => why(two, asked)).toThrow(words);
  });

  it('is asked back by region, where two clusters have its name', () => {
    const inventory = account({ clusters: { prod: { exists: true, provider: 'right' }, lab: { exists: true, provider: 'right' } } });
    const alike = inventory.regions.map((one) => ({
      ...one,
      clusters: known(whatArrived(one.clusters).map((cluster) => ({ ...cluster, name: 'prod' }))),
    }));
    expect(() => why({ ...inventory, regions: alike })).toThrow(
      /Several regions have a cluster prod: name one with --cluster \(eu-west-1\/prod, us-east-1\/prod\)/,
    );
    expect(why({ ...inventory, regions: alike }, { cluster: 'us-east-1/prod' }).target.region).toBe('us-east-1');
  });

  it('is that of the default service account, where none is named', () =>
    expect(why(account(), { serviceAccount: undefined as never }).target.serviceAccount).toBe('default'));
});

const root = join('test', 'cases');
const cases = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) =>
    readdirSync(join(root, name)).map((file): [string, Case] => [
      `${name}/${file}`,
      JSON.parse(readFileSync(join(root, name, file), 'utf8')) as Case,
    ]),
  );

describe('on every case', () => {
  it('agrees with the evaluator about the trust policy', () => {
    let compared = 0;
    for (const [name, one] of cases) {
      const inventory = inventoryOfCase(one);
      for (const cluster of inventory.regions.flatMap(({ clusters }) => whatArrived(clusters))) {
        for (const { namespace, name: serviceAccount, annotations } of whatArrived(cluster.serviceAccounts)) {
          const role = whatArrived(inventory.roles).find(({ arn }) => arn === annotations['eks.amazonaws.com/role-arn']);
          const issuer = cluster.detail.known ? cluster.detail.value.issuer : null;
          if (role === undefined || issuer === null) continue;
          const providerArn = `arn:${inventory.partition}:iam::${inventory.account}:oidc-provider/${issuer.replace('https://', '')}`;
          const audience = annotations['eks.amazonaws.com/audience'] ?? 'sts.amazonaws.com';
          const subject = `system:serviceaccount:${namespace}:${serviceAccount}`;
          const { verdict } = evaluateTrust(role.trustPolicy, { providerArn, issuer, audience, subject });
          const { links, by } = whyNot(inventory, { cluster: cluster.name, namespace, serviceAccount }, DEFAULT_SETTINGS);
          if (by === 'pod-identity') continue;
          const states = links.slice(links.findIndex(({ link }) => link === 'statement')).map(({ state }) => state);
          const said = states.includes('broken') ? 'denied' : states.every((state) => state === 'ok') ? 'allowed' : 'undecided';
          expect([name, serviceAccount, said]).toEqual([name, serviceAccount, verdict]);
          compared += 1;
        }
      }
    }
    expect(compared).toBeGreaterThan(50);
  });
});
