import { describe, expect, it } from '@jest/globals';
import type { Chain } from '../../src/model/report/chain.js';
import type { Cluster, Inventory, PodIdentityAssociation } from '../../src/model/inventory/inventory.js';
import { known, unknown, seen } from '../../src/model/inventory/observed.js';
import { account, brokenAt, container, ROLE, toldOfAgent, why, workload } from './account-of-chain.js';

describe('by EKS Pod Identity', () => {
  const association: PodIdentityAssociation = { namespace: 'shop', serviceAccount: 'app', roleArn: ROLE };
  const withTrust = (...statements: readonly object[]): Inventory => withAgent(1, ...statements);
  const withAgent = (agent: number, ...statements: readonly object[]): Inventory => {
    const inventory = account({ annotated: null }, (prod) => ({
      ...prod,
      workloads: known([workload({ containers: [toldOfAgent()] })]),
      podIdentityAssociations: known([association]),
      addons: known([]),
      podIdentityAgent: known(agent === 0 ? null : { desired: agent, ready: 1 }),
    }));
    const roles = seen(inventory.roles).map((role) => ({
      ...role,
      trustPolicy: { Version: '2012-10-17', Statement: statements } as never,
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

  const denied = (more: object = {}): object[] => [
    trust(['sts:AssumeRole', 'sts:TagSession']),
    { ...trust('sts:AssumeRole', more), Effect: 'Deny' },
  ];

  it.each<[string, Inventory, readonly unknown[]]>([
    ['a Deny', withTrust(...denied()), ['broken', 'trust policy']],
    [
      'a Deny for its namespace',
      withTrust(...denied({ Condition: { StringEquals: { 'aws:RequestTag/kubernetes-namespace': 'shop' } } })),
      ['broken', 'trust policy'],
    ],
    [
      'a Deny for another namespace',
      withTrust(...denied({ Condition: { StringEquals: { 'aws:RequestTag/kubernetes-namespace': 'web' } } })),
      ['holds', undefined],
    ],
    ['both actions', withTrust(trust(['sts:AssumeRole', 'sts:TagSession'])), ['holds', undefined]],
    ['no tags', withTrust(trust('sts:AssumeRole')), ['broken', 'trust policy']],
    ['tags alone', withTrust(trust('sts:TagSession')), ['broken', 'trust policy']],
    ['another service', withTrust(trust(['sts:*'], { Principal: { Service: 'ec2.amazonaws.com' } })), ['broken', 'trust policy']],
    ['a condition that it meets', withTrust(under({ 'aws:RequestTag/kubernetes-namespace': 'shop' })), ['holds', undefined]],
    ['a condition that it does not meet', withTrust(under({ 'aws:RequestTag/kubernetes-namespace': 'web' })), ['broken', 'trust policy']],
    ['an account that AWS does not document', withTrust(under({ 'aws:SourceAccount': '1' })), ['broken', 'trust policy']],
    ['a key that nobody can know', withTrust(under({ 'aws:PrincipalOrgID': 'o-1' })), ['open', 'trust policy']],
    ['no agent', withAgent(0, trust(['sts:AssumeRole', 'sts:TagSession'])), ['broken', 'agent']],
    ['an agent that is not ready everywhere', withAgent(3, trust(['sts:AssumeRole', 'sts:TagSession'])), ['open', 'agent']],
  ])('%s', (_what, inventory, expected) => {
    const chain = why(inventory);
    expect([chain.by, ...brokenAt(chain).slice(0, 2)]).toEqual(['pod-identity', ...expected]);
  });
});

/** botocore, of a provider that was set and fails. */
const NO_ANSWER = 'Error when retrieving credentials from container-role: Error retrieving metadata';

describe('the pods of an associated service account', () => {
  const trusted = { Effect: 'Allow', Principal: { Service: 'pods.eks.amazonaws.com' }, Action: ['sts:AssumeRole', 'sts:TagSession'] };
  const podLink = (...workloads: readonly Partial<Parameters<typeof workload>[0]>[]): unknown => {
    const association = { namespace: 'shop', serviceAccount: 'app', roleArn: ROLE };
    const inventory = account({ annotated: null }, (prod) => ({
      ...prod,
      podIdentityAssociations: known([association]),
      podIdentityAgent: known({ desired: 1, ready: 1 }),
      workloads: known(workloads.map((over) => workload(over))),
    }));
    const roles = seen(inventory.roles).map((role) => ({
      ...role,
      trustPolicy: { Version: '2012-10-17', Statement: [trusted] } as never,
    }));
    const chain = why({ ...inventory, roles: known(roles) });
    const link = chain.links.find((one) => one.link === 'pod');
    return [chain.verdict, link?.state, link?.error ?? null, link?.says];
  };

  it.each<[string, readonly unknown[], unknown]>([
    ['were told of the agent', [{ containers: [toldOfAgent()] }], ['holds', 'ok', null, /was told of the agent, and has a token/]],
    [
      'are older than the association',
      [{ containers: [toldOfAgent({ variables: [], credentialsUri: null, tokens: [] })] }],
      ['broken', 'broken', 'Unable to locate credentials', /^No container of .* was told of the agent: it was made before the association/],
    ],
    [
      'have a role by annotation from before, which does not take them',
      [{ containers: [container()] }],
      [
        'broken',
        'broken',
        'AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity',
        /has the role arn:\S+ and a token, which SDKs take before the association: STS refuses it/,
      ],
    ],
    [
      'run on Fargate',
      [{ fargate: true, containers: [toldOfAgent()] }],
      ['broken', 'broken', NO_ANSWER, /runs on Fargate, where EKS Pod Identity gives nothing/],
    ],
    ['run on Windows', [{ os: 'windows', containers: [toldOfAgent()] }], ['broken', 'broken', NO_ANSWER, /runs on Windows/]],
    [
      'are kept from the webhook',
      [{ skipsWebhook: true, containers: [toldOfAgent({ variables: [], credentialsUri: null, tokens: [] })] }],
      ['broken', 'broken', 'Unable to locate credentials', /has the label that keeps the webhook away/],
    ],
    [
      'are kept from the webhook, and have by hand what it gives',
      [{ skipsWebhook: true, containers: [toldOfAgent()] }],
      ['holds', 'ok', null, /was told of the agent, and has a token/],
    ],
    [
      'send the agent a token for another audience',
      [{ containers: [toldOfAgent({ tokens: toldOfAgent().tokens.map((one) => ({ ...one, audience: 'sts.amazonaws.com' })) })] }],
      ['broken', 'broken', expect.stringContaining('InvalidTokenException') as never, /for the audience sts\.amazonaws\.com: EKS takes/],
    ],
    [
      'send it a token from where none is mounted',
      [{ containers: [toldOfAgent({ authorizationTokenFile: '/tokens/own' })] }],
      ['broken', 'broken', null, /with the token in \/tokens\/own, where no projected token/],
    ],
    [
      'send it a token from a file that was not kept',
      [{ containers: [toldOfAgent({ authorizationTokenFile: null, hasEnvFrom: true })] }],
      ['open', 'undecided', null, /which token it sends, was not read/],
    ],
    [
      'have keys of their own',
      [{ containers: [toldOfAgent({ variables: ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_CONTAINER_CREDENTIALS_FULL_URI'] })] }],
      ['broken', 'broken', null, /sets AWS_ACCESS_KEY_ID and its secret, which SDKs take before the role/],
    ],
    [
      'have half of a pair of keys, which SDKs ignore',
      [{ containers: [toldOfAgent({ variables: ['AWS_ACCESS_KEY_ID', 'AWS_CONTAINER_CREDENTIALS_FULL_URI'] })] }],
      ['holds', 'ok', null, /was told of the agent/],
    ],
    [
      'have a sidecar that was given nothing',
      [{ containers: [toldOfAgent(), toldOfAgent({ name: 'proxy', variables: [], credentialsUri: null, tokens: [] })] }],
      ['holds', 'ok', null, /Its container proxy has none\.$/],
    ],
    [
      'ask another address for credentials',
      [{ containers: [toldOfAgent({ credentialsUri: 'http://10.0.0.7/creds' })] }],
      ['open', 'undecided', null, /sets AWS_CONTAINER_CREDENTIALS_FULL_URI itself, to http:\/\/10\.0\.0\.7\/creds/],
    ],
    ['are none', [], ['open', 'undecided', null, /No running pod uses this service account/]],
  ])('%s', (_, workloads, expected) => {
    const [verdict, state, error, says] = expected as [string, string, string | null, RegExp];
    expect(podLink(...(workloads as never[]))).toEqual([verdict, state, error, expect.stringMatching(says)]);
  });
});

describe('the target role of an association', () => {
  const TARGET = 'arn:aws:iam::210987654321:role/data';
  const statement = (principal: string, Action: unknown): object => ({ Effect: 'Allow', Principal: { AWS: principal }, Action });
  const BOTH = ['sts:AssumeRole', 'sts:TagSession'];
  const service = { Effect: 'Allow', Principal: { Service: 'pods.eks.amazonaws.com' }, Action: BOTH };
  const linkOf = (target: object | null, over: Partial<PodIdentityAssociation> = {}, ...more: readonly object[]) => {
    const association = { namespace: 'shop', serviceAccount: 'app', roleArn: ROLE, targetRoleArn: TARGET, ...over };
    const inventory = account({ annotated: null }, (prod) => ({
      ...prod,
      workloads: known([workload({ containers: [toldOfAgent()] })]),
      podIdentityAssociations: known([association]),
    }));
    const [role] = seen(inventory.roles);
    if (role === undefined) throw new Error('no role');
    const document = (...statements: readonly object[]): never => ({ Version: '2012-10-17', Statement: statements }) as never;
    const roles = [
      { ...role, trustPolicy: document(service), attachedPolicyArns: [] },
      ...(target === null ? [] : [{ ...role, arn: TARGET, name: 'data', trustPolicy: document(target, ...more) }]),
    ];
    return why({ ...inventory, roles: known(roles) }).links.find(({ link }) => link === 'target role');
  };
  const targetOf = (...asked: Parameters<typeof linkOf>): unknown => linkOf(...asked)?.state;

  it('says that the tags of a session may be allowed for nothing, where there are none', () =>
    expect(linkOf(statement(ROLE, BOTH[0]), { disableSessionTags: true })?.says).toMatch(
      /^Its trust policy allows .* sts:AssumeRole without sts:TagSession: whether a session without tags needs it, AWS does not say\.$/,
    ));

  it('says which external id it requires, and which is sent', () => {
    const target = { ...statement(ROLE, BOTH), Condition: { StringEquals: { 'sts:ExternalId': 'prod/shop/app' } } };
    const says = (externalId: string | null): unknown => linkOf(target, { disableSessionTags: true, externalId })?.says;
    const required = `Its trust policy allows ${ROLE} under sts:ExternalId prod/shop/app only, which is not met`;
    expect(says('prod/shop/web')).toBe(`${required}: the association sends prod/shop/web.`);
    expect(says(null)).toBe(`${required}: the association sends none.`);
  });

  it.each<[string, unknown, string | undefined]>([
    ['trusts it', targetOf(statement(ROLE, BOTH)), 'ok'],
    ['denies it by a Deny', targetOf(statement(ROLE, BOTH), {}, { ...statement(ROLE, 'sts:AssumeRole'), Effect: 'Deny' }), 'broken'],
    ['trusts another', targetOf(statement('arn:aws:iam::210987654321:role/other', BOTH)), 'broken'],
    ['trusts it without tags', targetOf(statement(ROLE, BOTH[0])), 'broken'],
    ['trusts it without tags, and there are none', targetOf(statement(ROLE, BOTH[0]), { disableSessionTags: true }), 'undecided'],
    ['trusts the account, which lets its role do nothing', targetOf(statement('arn:aws:iam::210987654321:root', BOTH)), 'broken'],
    ['is not there', targetOf(null), 'broken'],
    [
      'is of another account, for which its role has no permission',
      targetOf(null, { targetRoleArn: 'arn:aws:iam::111122223333:role/data' }),
      'broken',
    ],
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
    const chain = agentOf({ podIdentityAgent: known({ desired: 1, ready: 1 }) }, null);
    expect(brokenAt(chain)).toEqual(['open', 'association', null]);
    expect(chain.links.map(({ link }) => link)).toEqual(['cluster', 'service account', 'association']);
  });
});
