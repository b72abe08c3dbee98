import { PAIR } from '../../src/facts/pod/running-pods.js';
import { describe, expect, it } from '@jest/globals';
import type { ChainLink } from '../../src/model/report/chain.js';
import type { Cluster, Inventory, Role } from '../../src/model/inventory/inventory.js';
import { known, unknown, seen } from '../../src/model/inventory/observed.js';
import { DEFAULT_SETTINGS } from '../../src/model/report/settings.js';
import type { Workload } from '../../src/model/inventory/workload.js';
import { whyNot } from '../../src/pipeline/pipeline.js';
import { RULES } from '../../src/rules/index.js';
import { casesOf } from '../cases/cases-of-rules.js';
import { evaluateTrust } from '../../src/policy/language/evaluate.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';
import { account, brokenAt, container, ISSUER, NOT_AUTHORIZED, ROLE, why, workload } from './account-of-chain.js';

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
      'permissions',
    ]);
  });

  const annotated = (value: string) => (prod: Cluster) => ({
    ...prod,
    serviceAccounts: known([{ namespace: 'shop', name: 'app', annotations: { 'eks.amazonaws.com/role-arn': value } }]),
  });
  const bare = container({ variables: [], roleArn: null, tokenFile: null });
  const running = (over: Partial<Workload>) => (prod: Cluster) => ({ ...prod, workloads: known([workload(over)]) });

  it.each<[string, string | null, Inventory]>([
    [
      'service account',
      expect.stringContaining('not found') as unknown as string,
      account({}, (prod) => ({ ...prod, serviceAccounts: known([]) })),
    ],
    ['annotation', 'Unable to locate credentials', account({ annotated: null }, running({ containers: [bare] }))],
    ['annotation', 'ValidationError: Request ARN is invalid', account({}, annotated('role/role-0'))],
    ['role', NOT_AUTHORIZED, account({}, annotated('arn:aws:iam::210987654321:role/other'))],
    ['pod', 'Unable to locate credentials', account({}, running({ containers: [bare] }))],
    [
      'pod',
      'Unable to locate credentials',
      account({}, running({ containers: [container({ variables: ['AWS_ROLE_ARN'], tokenFile: null })] })),
    ],
    ['pod', 'Unable to locate credentials', account({}, running({ skipsWebhook: true, containers: [bare] }))],
    ['pod', null, account({}, running({ containers: [container({ roleArn: `${ROLE}-old` })] }))],
    [
      'pod',
      null,
      account({}, running({ containers: [container({ variables: [...PAIR, 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] })] })),
    ],
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
    // Without that annotation too: what others of the pod were given, a sidecar need not have.
    expect(why(account({}, running({ containers: [container(), sidecar] }))).verdict).toBe('holds');
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
        return { ...inventory, providers: known(seen(inventory.providers).map((one) => ({ ...one, detail: silent }))) };
      })(),
    ],
  ])('is open at the link %s that was not read: %s', (link, says, inventory) => {
    const chain = why(inventory);
    expect(brokenAt(chain)).toEqual(['open', link, null]);
    expect(chain.links.find((one) => one.link === link)).toMatchObject({ state: 'not-read', says: expect.stringMatching(says) });
  });

  it.each([
    ['ACTIVE', 'broken', ['cluster', 'service account', 'annotation', 'role', 'pod']],
    ['CREATING', 'open', ['cluster', 'service account', 'annotation']],
    ['FAILED', 'open', ['cluster', 'service account', 'annotation']],
  ])('ends at a cluster without an issuer: %s', (status, verdict, links) => {
    const chain = why(
      account({}, (prod) => withDetail(prod, prod.detail.known ? known({ ...prod.detail.value, status, issuer: null }) : prod.detail)),
    );
    expect(brokenAt(chain)).toEqual([verdict, 'cluster', null]);
    expect(chain.links.map(({ link }) => link)).toEqual(links);
  });

  it('says that associations were not read, where they might be the way', () => {
    const { links } = why(account({ annotated: null }, (prod) => ({ ...prod, podIdentityAssociations: silent })));
    expect(links[2]).toMatchObject({
      state: 'not-read',
      says: expect.stringMatching(/and no Pod Identity association that could be read: could not/),
    });
  });

  const withPolicies = (over: Partial<Role>): ChainLink | undefined => {
    const inventory = account();
    const roles = seen(inventory.roles).map((role) => ({ ...role, ...over }));
    return why({ ...inventory, roles: known(roles) }).links.find(({ link }) => link === 'permissions');
  };
  const aws = (name: string): string => `arn:aws:iam::aws:policy/${name}`;
  it.each<[string, Partial<Role>, ChainLink['state'], RegExp]>([
    ['names its policies', { attachedPolicyArns: [aws('AmazonS3ReadOnlyAccess')] }, 'ok', /^The role role-0 has AmazonS3ReadOnlyAccess; /],
    [
      'says that it is administrative',
      { attachedPolicyArns: [aws('AdministratorAccess')] },
      'ok',
      /has AdministratorAccess; .* It is administrative\.$/,
    ],
    [
      'counts many',
      { attachedPolicyArns: ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(aws) },
      'ok',
      /^The role role-0 has a, b, c, d, e and 2 more; /,
    ],
    [
      'says that it has none',
      { attachedPolicyArns: [] },
      'ok',
      /has no policy: it may call only .* what resource-based policies allow it\.$/,
    ],
    [
      'says that it has none that allows anything',
      {
        attachedPolicyArns: [],
        inlinePolicies: [{ name: 'own', document: { Statement: [{ Effect: 'Deny', Action: 's3:*', Resource: '*' }] } }],
      },
      'ok',
      /has no policy with a statement that allows anything: /,
    ],
    [
      'names those whose text was not asked for',
      { attachedPolicyArns: [aws('ReadOnlyAccess')], inlinePolicies: [{ name: 'own', document: null }], permissionsUnread: 'text' },
      'ok',
      /^The role role-0 has ReadOnlyAccess, own; /,
    ],
    [
      'says why they were not read',
      { permissionsUnread: { reason: 'denied', detail: 'no' } },
      'not-read',
      /^The policies of role-0: could not be read \(denied\), no\.$/,
    ],
    [
      'repeats what the audit doubts',
      {
        attachedPolicyArns: [],
        inlinePolicies: [
          { name: 'own', document: { Statement: [{ Effect: 'Allow', Action: 's3:ListObjectsV2', Resource: 'arn:aws:s3:::logs' }] } },
        ],
      },
      'undecided',
      /s3:ListObjectsV2 is no action of IAM/,
    ],
  ])('of the permissions of its role %s', (_, over, state, says) => {
    expect(withPolicies(over)).toMatchObject({ state, says: expect.stringMatching(says) });
  });

  it('lets wait what hangs on a broken link', () => {
    const inventory = account({ clusters: { prod: { exists: true, provider: 'none' }, lab: { exists: false, provider: 'none' } } });
    expect(why(inventory).links.find(({ link }) => link === 'audience of the provider')?.state).toBe('waiting');
  });
});

const cases = RULES.flatMap(({ id }) => casesOf(id)).map(({ rule, file, given }) => [`${rule}/${file}`, given] as const);

describe('on every case', () => {
  it('agrees with the evaluator about the trust policy', () => {
    let compared = 0;
    for (const [name, one] of cases) {
      const inventory = inventoryOfCase(one);
      for (const cluster of inventory.regions.flatMap(({ clusters }) => seen(clusters))) {
        for (const { namespace, name: serviceAccount, annotations } of seen(cluster.serviceAccounts)) {
          const role = seen(inventory.roles).find(({ arn }) => arn === annotations['eks.amazonaws.com/role-arn']);
          const issuer = cluster.detail.known ? cluster.detail.value.issuer : null;
          if (role === undefined || issuer === null) continue;
          // Of China sources differ about the audience that no annotation sets.
          if (inventory.partition === 'aws-cn' && annotations['eks.amazonaws.com/audience'] === undefined) continue;
          const providerArn = `arn:${inventory.partition}:iam::${inventory.account}:oidc-provider/${issuer.replace('https://', '')}`;
          const audience = annotations['eks.amazonaws.com/audience'] ?? 'sts.amazonaws.com';
          const subject = `system:serviceaccount:${namespace}:${serviceAccount}`;
          const { verdict } = evaluateTrust(role.trustPolicy, { providerArn, issuer, audience, subject, at: inventory.collectedAt });
          const { links, by, confidence } = whyNot(inventory, { cluster: cluster.name, namespace, serviceAccount }, DEFAULT_SETTINGS);
          // Which audience tokens have in China is not settled, and what the audit takes for possible no link takes for sure.
          if (by === 'pod-identity' || inventory.partition === 'aws-cn') continue;
          const trust = links.slice(links.findIndex(({ link }) => link === 'statement')).filter(({ link }) => link !== 'permissions');
          const states = trust.map(({ state }) => state);
          // What the audit takes for likely is undecided to the evaluator.
          const broken = confidence === 'likely' && verdict !== 'denied' ? 'undecided' : 'denied';
          const said = states.includes('broken') ? broken : states.every((state) => state === 'ok') ? 'allowed' : 'undecided';
          expect([name, serviceAccount, said]).toEqual([name, serviceAccount, verdict]);
          compared += 1;
        }
      }
    }
    expect(compared).toBeGreaterThan(50);
  });
});
