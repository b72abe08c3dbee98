import { describe, expect, it } from '@jest/globals';
import type { Finding } from '../../src/model/report/finding.js';
import type { Json } from '../../src/model/inventory/inventory.js';
import type { Report } from '../../src/model/report/report.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';

const ACCOUNT = '210987654321';
const arn = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const TRUSTED = { Effect: 'Allow', Principal: { Service: 'pods.eks.amazonaws.com' }, Action: ['sts:AssumeRole', 'sts:TagSession'] };
const policy = (...statements: readonly Json[]): Json => ({ Version: '2012-10-17', Statement: statements });
const SEND = policy({ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*' });

const association = (more: Partial<NonNullable<Case['podIdentityAssociations']>[number]> = {}) => ({
  cluster: 'prod',
  namespace: 'shop',
  serviceAccount: 'checkout',
  roleArn: arn('checkout'),
  id: 'a-1',
  ...more,
});

function auditOf(given: Case): Report {
  const inventory = inventoryOfCase({
    clusters: [{ name: 'prod', issuer: 'https://oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6' }],
    podIdentityAssociations: [association()],
    ...given,
  });
  return auditInventory(inventory);
}

const findingsOf = (rule: string, given: Case): readonly Finding[] => auditOf(given).findings.filter((finding) => finding.rule === rule);

function findingOf(rule: string, given: Case): Finding {
  const [finding] = findingsOf(rule, given);
  if (finding === undefined) throw new Error(`${rule} found nothing`);
  return finding;
}

const commandsOf = (rule: string, given: Case): readonly string[] => findingOf(rule, given).fix?.commands ?? [];

describe('a permission that a role lacks', () => {
  const inline = (own: Json) => ({ roles: [{ arn: arn('checkout'), trustPolicy: policy(TRUSTED), inlinePolicies: { own } }] });

  it('is given by no command where the mistake leaves it to be guessed', () => {
    const confused = policy({ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::logs' });
    expect(commandsOf('permission-confused', inline(confused))).toEqual([]);
  });

  it('is given by no command where the target role may trust the account for another', () => {
    const trusted = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: ['sts:AssumeRole', 'sts:TagSession'] };
    const { roles } = inline(SEND);
    const given = {
      roles: [...roles, { arn: arn('data'), trustPolicy: policy(trusted) }],
      podIdentityAssociations: [association({ targetRoleArn: arn('data') })],
    };
    expect(findingOf('target-role-permission-missing', given).fix).toMatchObject({
      commands: [],
      summary: expect.stringContaining(arn('data')),
    });
  });
});

describe('a role that does not let EKS Pod Identity tag its sessions', () => {
  const given = (...statements: readonly Json[]): Case => ({ roles: [{ arn: arn('checkout'), trustPolicy: policy(...statements) }] });
  const TAGS_ALONE = { Effect: 'Allow', Principal: { Service: 'pods.eks.amazonaws.com' }, Action: 'sts:TagSession' };
  const statementsAfter = (...statements: readonly Json[]): Json | undefined => {
    const after = findingOf('pod-identity-tag-permission-missing', given(...statements)).fix?.patches[0]?.after as { Statement?: Json };
    return after.Statement;
  };

  it('gets the action beside the other where the statement is for nobody else', () => {
    expect(statementsAfter({ ...TRUSTED, Action: 'sts:AssumeRole' })).toEqual([TRUSTED]);
  });

  it('gets a statement of its own where others would get the action too', () => {
    const shared = { Effect: 'Allow', Principal: { Service: ['pods.eks.amazonaws.com', 'ec2.amazonaws.com'] }, Action: 'sts:AssumeRole' };
    expect(statementsAfter(shared)).toEqual([shared, TAGS_ALONE]);
  });

  it('gets a statement of its own where the other is allowed by all but some actions', () => {
    const allBut = { Effect: 'Allow', Principal: { Service: 'pods.eks.amazonaws.com' }, NotAction: 'sts:TagSession' };
    expect(statementsAfter(allBut)).toEqual([allBut, TAGS_ALONE]);
  });

  it('has no statement for something else changed', () => {
    const other = { Effect: 'Allow', Principal: { Service: 'pods.eks.amazonaws.com' }, Action: 'sts:SetSourceIdentity' };
    expect(statementsAfter(other, { ...TRUSTED, Action: 'sts:AssumeRole' })).toEqual([other, TRUSTED]);
  });
});

describe('a Deny for EKS Pod Identity', () => {
  const DENY = { ...TRUSTED, Effect: 'Deny' };
  const fixOf = (...statements: readonly Json[]) =>
    findingOf('pod-identity-trust-missing', { roles: [{ arn: arn('checkout'), trustPolicy: policy(...statements) }] }).fix;

  it('is named, and taking it away is left to the owner', () => {
    expect(fixOf(TRUSTED, DENY)).toMatchObject({ verified: false, commands: [], patches: [] });
    expect(fixOf(TRUSTED, DENY)?.summary).toContain('$.Statement[1]');
  });

  it('keeps the command for the missing Allow back, which would not help', () => {
    expect(fixOf(DENY)).toMatchObject({ verified: false, commands: [], patches: [] });
  });
});

describe('conditions for EKS Pod Identity', () => {
  const unmet = (condition: Json, more: Parameters<typeof association>[0] = {}): Finding =>
    findingOf('pod-identity-condition-unmet', {
      roles: [{ arn: arn('checkout'), trustPolicy: policy({ ...TRUSTED, Condition: condition }) }],
      podIdentityAssociations: [association(more)],
    });
  const TAGGED = { StringEquals: { 'aws:RequestTag/kubernetes-namespace': 'shop' } };
  const sourceArn = (value: string): Json => ({ ArnLike: { 'aws:SourceArn': value } });

  it.each([
    ['a session tag', { StringEquals: { 'aws:RequestTag/kubernetes-namespace': 'web' } }, 'certain'],
    ['another cluster as the source', sourceArn(`arn:aws:eks:eu-west-1:${ACCOUNT}:cluster/old`), 'likely'],
    ['an association as the source', sourceArn(`arn:aws:eks:eu-west-1:${ACCOUNT}:podidentityassociation/prod/*`), 'likely'],
  ])('%s: %#', (_, condition, confidence) => {
    expect(unmet(condition).confidence).toBe(confidence);
  });

  it('have the command that enables session tags where nothing speaks against it', () => {
    const [command] = unmet(TAGGED, { disableSessionTags: true }).fix?.commands ?? [];
    expect(command).toMatch(/^aws eks update-pod-identity-association .* --association-id a-1 --no-disable-session-tags$/);
  });

  it.each([
    ['an add-on owns the association', { ownerArn: `arn:aws:eks:eu-west-1:${ACCOUNT}:addon/prod/adot/1` }],
    ['it goes on to a target role, which may ask for its external id', { targetRoleArn: 'arn:aws:iam::444455556666:role/data' }],
    ['an inline policy narrows it, which EKS takes without tags only', { sessionPolicy: true }],
  ])('have none where %s', (_, more) => {
    const { fix, message } = unmet(TAGGED, { disableSessionTags: true, ...more });
    expect(fix).toMatchObject({ commands: [], patches: [] });
    expect(message).toContain('does not meet, since its session tags are disabled');
  });

  it('name five associations and count the rest', () => {
    const podIdentityAssociations = Array.from({ length: 7 }, (_, index) => association({ serviceAccount: `app-${index}` }));
    const roles = [
      {
        arn: arn('checkout'),
        trustPolicy: policy({ ...TRUSTED, Condition: { StringEquals: { 'aws:RequestTag/kubernetes-namespace': 'web' } } }),
      },
    ];
    expect(findingOf('pod-identity-condition-unmet', { roles, podIdentityAssociations }).message).toContain('app-4 and 2 more');
  });
});

describe('a target role', () => {
  const BOTH = ['sts:AssumeRole', 'sts:TagSession'];
  const externalId = (name: string): string => `eu-west-1/${ACCOUNT}/prod/shop/${name}`;
  const chain = (name: string): ReturnType<typeof association> =>
    association({
      serviceAccount: name,
      roleArn: arn(name),
      targetRoleArn: arn('data'),
      disableSessionTags: true,
      externalId: externalId(name),
    });
  const given = (trust: readonly Json[], ...names: readonly string[]): Case => ({
    roles: [
      ...names.map((name) => ({ arn: arn(name), trustPolicy: policy(TRUSTED) })),
      { arn: arn('data'), trustPolicy: policy(...trust) },
    ],
    podIdentityAssociations: names.map(chain),
  });
  const statementsAfter = (given: Case): Json | undefined =>
    (findingOf('target-role-trust-missing', given).fix?.patches[0]?.after as { Statement?: Json } | undefined)?.Statement;

  it('keeps the external ids that others come with', () => {
    const AWS = [arn('app'), arn('two')];
    const named = (ids: Json): Json => ({
      Effect: 'Allow',
      Principal: { AWS },
      Action: BOTH,
      Condition: { StringEquals: { 'sts:ExternalId': ids } },
    });
    const both = [externalId('two'), externalId('app')];
    expect(statementsAfter(given([named(externalId('two'))], 'app', 'two'))).toEqual([named(both)]);
  });

  it('is one finding with one statement for all the roles that it shuts out', () => {
    const other = { Effect: 'Allow', Principal: { AWS: arn('other') }, Action: BOTH };
    const findings = findingsOf('target-role-trust-missing', given([other], 'app', 'two'));
    expect(findings).toHaveLength(1);
    expect(findings[0]?.message).toContain('prod/shop/app and prod/shop/two');
    expect(statementsAfter(given([other], 'app', 'two'))).toEqual([
      other,
      { Effect: 'Allow', Principal: { AWS: [arn('app'), arn('two')] }, Action: BOTH },
    ]);
  });

  it('lets the role tag its sessions in a statement of its own where others would get that too', () => {
    const account = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' };
    const tagged = { ...given([account], 'app'), podIdentityAssociations: [{ ...chain('app'), disableSessionTags: false }] };
    expect(statementsAfter(tagged)).toEqual([account, { Effect: 'Allow', Principal: { AWS: arn('app') }, Action: 'sts:TagSession' }]);
  });

  it('of another account is recorded as not evaluated, for its trust policy was not read', () => {
    const elsewhere = [association({ targetRoleArn: 'arn:aws:iam::444455556666:role/data' })];
    const { rules } = auditOf({ roles: [{ arn: arn('checkout'), trustPolicy: policy(TRUSTED) }], podIdentityAssociations: elsewhere });
    expect(rules.find(({ id }) => id === 'target-role-trust-missing')).toMatchObject({
      checked: 0,
      notEvaluated: [{ scope: 'prod', reason: 'not-requested' }],
    });
  });
});

describe('a bucket whose name holds a policy variable', () => {
  it('is named whole, slash of the variable included', () => {
    const own = policy(
      { Effect: 'Allow', Action: 's3:ListAllMyBuckets', Resource: '*' },
      { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::logs-${aws:PrincipalTag/team}/*' },
    );
    const { evidence } = findingOf('permission-confused', {
      roles: [{ arn: arn('checkout'), trustPolicy: policy(TRUSTED), inlinePolicies: { own } }],
    });
    expect(evidence[0]?.expected).toBe('s3:ListBucket on arn:aws:s3:::logs-${aws:PrincipalTag/team}');
  });
});
