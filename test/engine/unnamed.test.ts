import { describe, expect, it } from '@jest/globals';
import type { Json } from '../../src/model/inventory/inventory.js';
import { known, seen, unknown } from '../../src/model/inventory/observed.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { CASES } from '../cases/all-cases.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';
import { allow, DEV, GITHUB, GONE, named, PROD, provider, ready, ROLE, rules, told, type Conditions } from './role-under-test.js';

const ADMIN = ['arn:aws:iam::aws:policy/AdministratorAccess'];
const annotated = (cluster: string, namespace: string, name: string, more: Record<string, string> = {}) => ({
  cluster,
  namespace,
  name,
  annotations: { 'eks.amazonaws.com/role-arn': ROLE, ...more },
});

describe('an annotation', () => {
  it('that asks for an audience widens no provider', () => {
    const evil = annotated('prod', 'evil', 'x', { 'eks.amazonaws.com/audience': 'https://kubernetes.default.svc' });
    const findings = told([allow(PROD, { StringEquals: { [`${PROD}:sub`]: 'system:serviceaccount:shop:app' } })], {
      serviceAccounts: [
        annotated('prod', 'shop', 'app'),
        { ...evil, annotations: { ...evil.annotations, 'eks.amazonaws.com/role-arn': `${ROLE}-nope` } },
      ],
    });
    expect(ready(findings).filter((command) => command.includes('open-id-connect-provider'))).toEqual([]);
    expect(findings.filter(({ rule }) => rule === 'provider-audience-missing')).toEqual([]);
  });

  it('takes no command from a repair that lets in another', () => {
    const policy = [allow(PROD, named(PROD, 'system:serviceaccount:shop:app '))];
    const honest = [annotated('prod', 'shop', 'app')];
    expect(ready(told(policy, { serviceAccounts: honest }))).toHaveLength(1);
    expect(ready(told(policy, { serviceAccounts: [...honest, annotated('prod', 'evil', 'miner')] }))).toHaveLength(1);
  });
});

/** Finding 1 of the first review: such a condition made every verdict undecided, and so nobody counted as newly allowed. */
describe('a condition that configuration cannot decide', () => {
  const serviceAccounts = [annotated('prod', 'shop', 'cart'), annotated('prod', 'evil', 'app')];
  const fixesOf = (sub: Conditions, condition: Conditions) =>
    told([allow(PROD, { ...sub, ...condition, StringEquals: { ...sub['StringEquals'], ...condition['StringEquals'] } })], {
      serviceAccounts,
    }).flatMap(({ rule, fix }) => (fix === null || fix.patches.length === 0 ? [] : [[rule, fix] as const]));
  const wrong = { [`${PROD}:aud`]: 'sts.amazon.com' };

  it.each<[string, Conditions]>([
    ['a subject', { StringEquals: { ...wrong, [`${PROD}:sub`]: 'system:serviceaccount:shop:cart' } }],
    ['every subject', { StringEquals: wrong, StringLike: { [`${PROD}:sub`]: 'system:serviceaccount:*:*' } }],
    ['a malformed subject', { StringEquals: { ...wrong, [`${PROD}:sub`]: 'system:serviceaccount:evi/app' } }],
    ['a placeholder', { StringEquals: { ...wrong, [`${PROD}:sub`]: 'system:serviceaccount:${NAMESPACE}:app' } }],
  ])('leaves whom a repair of %s allows as it is without, and nothing of that verified or ready', (_, sub) => {
    const granted = (condition: Conditions) =>
      fixesOf(sub, condition)
        .filter(([, { grants }]) => grants.some(({ subject }) => subject === 'system:serviceaccount:evil:app'))
        .map(([rule, { verified, commands, summary }]) => ({
          rule,
          verified,
          commands,
          isDoubtful: /configuration cannot tell/.test(summary),
        }))
        .sort((left, right) => (left.rule < right.rule ? -1 : 1));
    const without = granted({});
    expect(without.length).toBeGreaterThan(0);
    for (const condition of [{ IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, { Bool: { 'sts:RoleAuthorizedByIdp': 'true' } }])
      expect(granted(condition)).toEqual(without.map(({ rule }) => ({ rule, verified: false, commands: [], isDoubtful: true })));
  });
});

describe('a service account of the same name in another cluster', () => {
  const twin = { serviceAccounts: [annotated('dev', 'shop', 'app')] };

  it('is nobody whom the policy names, while the cluster meant is there', () => {
    expect(ready(told([allow(PROD, named(PROD, 'system:serviceaccount:shop:app'))], twin))).toEqual([]);
  });

  it('may stand for one of a cluster that is gone, but for an administrative role', () => {
    const policy = [allow(GONE, named(GONE, 'system:serviceaccount:shop:app'))];
    expect(ready(told(policy, twin))).toHaveLength(1);
    expect(ready(told(policy, twin, ADMIN))).toEqual([]);
  });
});

/** A principal of dev with keys of another issuer: whichever of the two is wrong, its namesake in dev is named only where the key can mean nobody else. */
describe('a statement for dev with the keys of another issuer', () => {
  const app = 'system:serviceaccount:shop:app';
  const [prod, dev, api] = [annotated('prod', 'shop', 'app'), annotated('dev', 'shop', 'app'), annotated('dev', 'shop', 'api')];
  const dual = DEV.replace('oidc.eks.', 'oidc-eks.').replace('.amazonaws.com', '.api.aws');
  const whole = allow(PROD, named(PROD, app));
  const like = { StringEquals: { [`${PROD}:aud`]: 'sts.amazonaws.com' }, StringLike: { [`${PROD}:sub`]: 'system:serviceaccount:shop:*' } };

  it.each<[string, number, readonly Json[], ReturnType<typeof annotated>[], readonly string[]]>([
    ['of prod, whose service account uses the role', 0, [allow(DEV, named(PROD, app))], [prod], []],
    ['of prod, and nobody uses the role', 0, [allow(DEV, named(PROD, app))], [], []],
    ['of prod, and both use it', 0, [allow(DEV, named(PROD, app))], [prod, dev], []],
    ['of prod, for a whole namespace', 0, [allow(DEV, like)], [dev], []],
    [
      'of prod, beside a good statement for dev',
      0,
      [allow(DEV, named(DEV, 'system:serviceaccount:shop:api')), allow(DEV, named(PROD, app))],
      [prod, api],
      [],
    ],
    ['of prod, for an administrative role', 0, [allow(DEV, named(PROD, app))], [dev], ADMIN],
    ['of GitHub', 0, [allow(DEV, named(GITHUB, app))], [], []],
    ['of prod, and only the namesake uses the role', 1, [allow(DEV, named(PROD, app))], [dev], []],
    ['of prod, which has a statement of its own', 1, [whole, allow(DEV, named(PROD, app))], [prod, dev], []],
    ['of a cluster that is gone', 1, [allow(DEV, named(GONE, app))], [dev], []],
    ['of a cluster that is gone, and nobody uses the role', 1, [allow(DEV, named(GONE, app))], [], []],
    ['with one character wrong', 1, [allow(DEV, named(`${DEV.slice(0, -1)}0`, app))], [dev], []],
    ['of its other host', 1, [allow(DEV, named(dual, app))], [dev], []],
    ['of a cluster that is gone, for an administrative role', 1, [allow(DEV, named(GONE, app))], [dev], ADMIN],
  ])('%s: %i ready', (key, commands, policy, serviceAccounts, attached) => {
    const findings = told(policy, { serviceAccounts }, attached).filter(({ rule }) => rule === 'key-issuer-mismatch');
    expect(findings).toHaveLength(1);
    expect(ready(findings)).toHaveLength(commands);
    const isOfOther = /of (prod|GitHub)/.test(key);
    expect(/name its provider in the principal/.test(findings[0]?.fix?.summary ?? '')).toBe(isOfOther);
    expect(findings[0]?.fix?.patches).toHaveLength(1);
  });

  it('has no ready command where it was not read who uses the role in the other cluster', () => {
    const inventory = inventoryOfCase({
      clusters: [PROD, DEV].map((url) => ({ name: url === PROD ? 'prod' : 'dev', issuer: `https://${url}` })),
      providers: [PROD, DEV].map((url) => ({ arn: provider(url) })),
      roles: [{ arn: ROLE, trustPolicy: { Version: '2012-10-17', Statement: [allow(DEV, named(PROD, app))] } }],
      serviceAccounts: [dev],
    });
    const readyOf = (isRead: boolean): readonly string[] => {
      const regions = inventory.regions.map((region) => ({
        ...region,
        clusters: known(
          seen(region.clusters).map((one) =>
            isRead || one.name === 'dev' ? one : { ...one, serviceAccounts: unknown('denied', 'service accounts') },
          ),
        ),
      }));
      return ready(auditInventory({ ...inventory, regions }).findings.filter(({ rule }) => rule === 'key-issuer-mismatch'));
    };
    expect(readyOf(true)).toHaveLength(1);
    expect(readyOf(false)).toEqual([]);
  });

  it('is said to trust its cluster once, not to allow it', () => {
    const twice = [allow(DEV, named(DEV, 'system:serviceaccount:shop:api')), allow(DEV, named(PROD, app))];
    const [other] = told(twice, { serviceAccounts: [prod, api] }).filter(({ rule }) => rule === 'federated-provider-of-other-cluster');
    expect(other?.message).toContain('trusts only cluster dev.');
  });
});

describe('a subject', () => {
  const both = { serviceAccounts: [annotated('prod', 'shop', 'app')] };

  it('that a Deny names is not let in by a ready command', () => {
    const deny = {
      Effect: 'Deny',
      Principal: { Federated: provider(PROD) },
      Action: 'sts:*',
      Condition: { StringEquals: { [`${PROD}:sub`]: 'system:serviceaccount:shop:app' } },
    };
    expect(ready(told([allow(PROD, named(PROD, 'system:serviceaccount:shop:app')), deny], both))).toEqual([]);
  });

  it('is not named by a longer name that begins alike', () => {
    const findings = told([allow(PROD, named(PROD, 'system:serviceaccount:shop:app-v2'))], both);
    expect(ready(findings)).toEqual([]);
    expect(findings.find(({ rule }) => rule === 'subject-mismatch')?.fix?.grants).toEqual([
      { subject: 'system:serviceaccount:shop:app', role: ROLE, administrative: false },
    ]);
  });

  it('that is named and may get in is not shut out for one that is annotated', () => {
    const twice = allow(PROD, {
      StringEquals: {
        [`${PROD}:aud`]: 'sts.amazonaws.com',
        [`${PROD}:sub`]: 'system:serviceaccount:shop:pay',
        [`${PROD.toUpperCase()}:sub`]: 'system:serviceaccount:shop:app',
      },
    });
    expect(ready(told([twice], both))).toEqual([]);
  });
});

describe('a provider without audiences', () => {
  const OTHER = `${ROLE}-other`;
  const other = (condition: Conditions): readonly string[] =>
    ready(
      told([allow(PROD, named(PROD, 'system:serviceaccount:shop:app'))], {
        serviceAccounts: [annotated('prod', 'shop', 'app')],
        providers: [{ arn: provider(PROD), clientIds: [] }],
        roles: [
          {
            arn: ROLE,
            trustPolicy: { Version: '2012-10-17', Statement: [allow(PROD, named(PROD, 'system:serviceaccount:shop:app'))] },
          },
          { arn: OTHER, trustPolicy: { Version: '2012-10-17', Statement: [allow(PROD, condition)] } },
        ],
      }),
    ).filter((command) => command.includes('add-client-id'));
  const aud = { [`${PROD}:aud`]: 'sts.amazonaws.com' };
  const sub = (value: string): Record<string, string> => ({ [`${PROD}:sub`]: value });

  it.each<[string, Conditions, number]>([
    ['an asterisk under StringEquals', { StringEquals: { ...aud, ...sub('system:serviceaccount:*:external-dns') } }, 1],
    ['a question mark under StringEquals', { StringEquals: { ...aud, ...sub('system:serviceaccount:shop:?art') } }, 1],
    ['an upper-case letter', { StringEquals: { ...aud, ...sub('system:serviceaccount:Shop:cart') } }, 1],
    ['an upper-case letter in a pattern', { StringEquals: aud, StringLike: sub('system:serviceaccount:shop:Cart*') }, 1],
    ['a subject of a pipeline', { StringEquals: { ...aud, ...sub('repo:acme/infra:ref:refs/heads/main') } }, 1],
    ['a subject that is named', { StringEquals: { ...aud, ...sub('system:serviceaccount:shop:cart') } }, 1],
    ['a pattern', { StringEquals: aud, StringLike: sub('system:serviceaccount:*:external-dns') }, 0],
    [
      'an upper-case letter where case does not count, which names somebody',
      { StringEquals: aud, StringEqualsIgnoreCase: sub('system:serviceaccount:Shop:cart') },
      1,
    ],
    ['no subject', { StringEquals: aud }, 0],
    ['an exclusion', { StringEquals: aud, StringNotEquals: sub('system:serviceaccount:shop:cart') }, 0],
  ])('is repaired by a ready command unless that lets in whom nobody named: another role has %s', (_, condition, commands) => {
    expect(other(condition)).toHaveLength(commands);
  });
});

describe('what hides no open role', () => {
  it('is a condition on a claim that no token has', () => {
    const vacuous = allow(PROD, {
      'StringEquals': { [`${PROD}:aud`]: 'sts.amazonaws.com' },
      'ForAllValues:StringEquals': { [`${PROD}:iss`]: `https://${PROD}` },
    });
    expect(rules(told([vacuous]))).toContain('subject-condition-missing high');
    expect(rules(told([vacuous], {}, ADMIN))).toContain('subject-condition-missing critical');
  });

  it.each([
    ['StringEqualsIfExists', 'repository_owner', 'acme'],
    ['StringEqualsIfExists', 'enterprise', 'acme'],
    ['StringLike', 'repository_owner_id', '99*'],
    ['StringLike', 'repository', '*/infra'],
    ['StringLike', 'job_workflow_ref', 'acme*/deploy.yml@*'],
  ])('is %s on %s of GitHub', (operator, claim, value) => {
    const findings = told([
      allow(GITHUB, {
        StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com' },
        StringLike: { [`${GITHUB}:sub`]: 'repo:*' },
        [operator]: { ...(operator === 'StringLike' ? { [`${GITHUB}:sub`]: 'repo:*' } : {}), [`${GITHUB}:${claim}`]: value },
      }),
    ]);
    expect(rules(findings)).toContain('subject-open-on-shared-issuer critical');
  });

  it.each([
    ['StringEquals', 'repository_owner_id', '25397028'],
    ['StringLike', 'repository', 'acme/*'],
  ])('and %s on %s of GitHub is a limit', (operator, claim, value) => {
    const findings = told([allow(GITHUB, { [operator]: { [`${GITHUB}:${claim}`]: value, [`${GITHUB}:aud`]: 'sts.amazonaws.com' } })]);
    expect(rules(findings).filter((one) => /shared-issuer/.test(one))).toEqual([]);
  });
});

describe('a principal of anybody', () => {
  const any = (condition?: Conditions): Json => ({
    Effect: 'Allow',
    Principal: { AWS: '*' },
    Action: 'sts:AssumeRole',
    ...(condition === undefined ? {} : { Condition: condition }),
  });

  it('is replaced by a ready command only where nothing says who else is meant', () => {
    expect(ready(told([any()]))).toHaveLength(1);
    expect(ready(told([any({ StringLike: { 'aws:PrincipalArn': ['arn:aws:iam::444455556666:role/ci', '*:role/x'] } })]))).toEqual([]);
  });

  it('and the called workflow alone only may be one: whose run calls it, it does not say', () => {
    const called = {
      [`${GITHUB}:job_workflow_ref`]: 'acme/infra/.github/workflows/*@refs/heads/main',
      [`${GITHUB}:aud`]: 'sts.amazonaws.com',
    };
    expect(rules(told([allow(GITHUB, { StringLike: called })]))).toContain('subject-missing-on-shared-issuer high');
  });
});

describe('a repair for associations of EKS Pod Identity', () => {
  it('speaks of no annotation, by which nobody asked', () => {
    const isOfAssociations = (rule: string): boolean => rule.startsWith('target-role') || rule.startsWith('pod-identity-trust');
    const spoken = CASES.flatMap(({ name, inventory }) =>
      auditInventory(inventory)
        .findings.filter(({ rule, fix }) => isOfAssociations(rule) && fix?.summary.includes('an annotation only asks') === true)
        .map(({ rule }) => `${name} ${rule}`),
    );
    expect(spoken).toEqual([]);
  });
});
