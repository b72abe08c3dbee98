import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import fc from 'fast-check';
import { parseInventory } from '../../src/saved/inventory-file.js';
import { isManagerTag, managerByLabels, managerByTags, type ManagingTool } from '../../src/model/inventory/manager.js';
import type { Patch } from '../../src/model/report/finding.js';
import type { Inventory, Json } from '../../src/model/inventory/inventory.js';
import { known, seen } from '../../src/model/inventory/observed.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { elsewhere, type Elsewhere } from '../../src/report/parts/elsewhere.js';
import { asHcl, statementBlock } from '../../src/report/parts/hcl.js';
import { problemsCalled } from '../../src/report/parts/find-problem.js';
import { render } from '../../src/report/index.js';
import { renderShow } from '../../src/report/screens/show.js';
import { expectGolden } from './golden.js';

const example = parseInventory(readFileSync('examples/account.json', 'utf8'), 'example');

/** The example with tags on one role. */
const tagged = (role: string, tags: Readonly<Record<string, string>>): Inventory => ({
  ...example,
  roles: known(seen(example.roles).map((one) => (one.name === role ? { ...one, tags } : one))),
});

function show(inventory: Inventory, id: string, width: number | null = 80): string {
  const report = auditInventory(inventory, { now: '2026-11-01T06:00:00.000Z' });
  const [first] = problemsCalled(id, report);
  if (first === undefined) throw new Error(`nothing is called ${id}`);
  const options = {
    color: false,
    width,
    links: false,
    shell: 'posix',
    program: 'irsa-auditor',
    self: 'irsa-auditor show 3',
    written: null,
  } as const;
  return renderShow(first, report, options);
}

describe('what manages an object of AWS', () => {
  it.each<[Readonly<Record<string, string>>, string | null]>([
    [{ 'aws:cloudformation:stack-name': 'shop' }, 'cloudformation shop'],
    [{ 'aws:cloudformation:stack-name': 'eksctl-x', 'alpha.eksctl.io/iamserviceaccount-name': 'shop/search' }, 'eksctl shop/search'],
    [{ Terraform: 'true' }, 'terraform '],
    [{ terraform: 'Yes' }, 'terraform '],
    [{ ManagedBy: 'Terraform' }, 'terraform '],
    [{ managed_by: 'opentofu' }, 'terraform '],
    [{ 'managed-by': 'aws-cdk' }, 'cdk '],
    [{ ManagedBy: 'platform team' }, null],
    [{ Terraform: 'false' }, null],
    [{ Name: 'terraform' }, null],
    [{}, null],
  ])('%j: %s', (tags, said) => {
    const manager = managerByTags(tags);
    expect(manager === null ? null : `${manager.tool} ${manager.name ?? ''}`).toBe(said);
    // What is not kept cannot be read.
    const kept = Object.fromEntries(Object.entries(tags).filter(([key, value]) => isManagerTag(key, value)));
    expect(managerByTags(kept)).toEqual(manager);
  });
});

describe('what manages an object of Kubernetes', () => {
  it.each<[Readonly<Record<string, string>>, string | null]>([
    [{ 'app.kubernetes.io/managed-by': 'Helm', 'meta.helm.sh/release-name': 'shop' }, 'helm shop'],
    [
      { 'app.kubernetes.io/managed-by': 'Helm', 'argocd.argoproj.io/tracking-id': 'shop-app:/ServiceAccount:shop/search' },
      'argocd shop-app',
    ],
    [{ 'helm.toolkit.fluxcd.io/name': 'shop', 'app.kubernetes.io/managed-by': 'Helm' }, 'flux shop'],
    [{ 'kustomize.toolkit.fluxcd.io/name': 'apps' }, 'flux apps'],
    [{ 'app.kubernetes.io/managed-by': 'eksctl' }, 'eksctl '],
    [{ 'app.kubernetes.io/managed-by': 'my-operator' }, null],
  ])('%j: %s', (labels, said) => {
    const manager = managerByLabels(labels);
    expect(manager === null ? null : `${manager.tool} ${manager.name ?? ''}`).toBe(said);
  });
});

describe('a fix of what is managed elsewhere', () => {
  const terraform = tagged('ebs-csi-prod', { Terraform: 'true' });

  it.each([80, 120, 200])('says first where to change it, at %d columns', (width) =>
    expectGolden(`show-terraform-${width}.txt`, show(terraform, 'role/ebs-csi-prod', width)),
  );
  it('off a terminal', () => expectGolden('show-terraform-no-terminal.txt', show(terraform, 'role/ebs-csi-prod', null)));

  it('is told by the email and by the whole report too, and to programs', () => {
    const report = auditInventory(terraform);
    const said = /Change it there first: Terraform manages role\/ebs-csi-prod\n/;
    expect(render(report, 'text', { color: false, width: null })).toMatch(said);
    expect(render(report, 'email', { color: false, width: null })).toMatch(said);
    const patches = report.findings.flatMap(({ fix }) => fix?.patches ?? []);
    expect(patches.filter(({ managedBy }) => managedBy !== undefined).map(({ resource, managedBy }) => [resource, managedBy])).toEqual(
      expect.arrayContaining([['arn:aws:iam::418527603941:role/ebs-csi-prod', { tool: 'terraform', name: null }]]),
    );
  });

  it('names the stack, and the release of a service account', () => {
    expect(show(tagged('ebs-csi-prod', { 'aws:cloudformation:stack-name': 'eks-roles' }), 'role/ebs-csi-prod')).toContain(
      'Change it there first: CloudFormation (stack eks-roles) manages',
    );
    const regions = example.regions.map((region) => ({
      ...region,
      clusters: known(
        seen(region.clusters).map((cluster) => ({
          ...cluster,
          serviceAccounts: known(
            seen(cluster.serviceAccounts).map((one) =>
              one.name === 'wishlist' ? { ...one, managedBy: { 'meta.helm.sh/release-name': 'wishlist-v2' } } : one,
            ),
          ),
        })),
      ),
    }));
    expect(show({ ...example, regions }, 'sa/wishlist', null)).toMatch(
      /\n {2}Change it there first: Helm \(release wishlist-v2\) manages \S+\/shop\/wishlist\n/,
    );
  });
});

/** A string of HCL as Terraform reads it: every escape back, and no template in it. */
function readHcl(text: string): string {
  expect(text).toMatch(/^"(?:[^"\\$%\u0000-\u001f]|\\u[0-9a-f]{4}|\\U[0-9a-f]{8})*"$/);
  return text
    .slice(1, -1)
    .replace(/\\(?:u(.{4})|U(.{8}))/g, (_whole, short?: string, long?: string) => String.fromCodePoint(parseInt(short ?? long ?? '', 16)));
}

describe('a statement in HCL', () => {
  it('has every text as it is, and nothing in it acts', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.constantFrom('${aws:username}', '%{ if true }', '"}', '$${x}', '\\u0024{', 'a\nb', '`id`'),
        ),
        (text) => {
          expect(readHcl(asHcl(text))).toBe(text);
        },
      ),
    );
  });

  it('is one line, with keys and lists', () =>
    expect(asHcl({ Effect: 'Allow', Condition: { StringEquals: { 'x:sub': ['a', '${b}'] } }, n: [1, true, null], o: {} })).toBe(
      '{ "Effect" = "Allow", "Condition" = { "StringEquals" = { "x:sub" = ["a", "\\u0024\\u007bb}"] } }, "n" = [1, true, null], "o" = {} }'.replace(
        '\\u007b',
        '{',
      ),
    ));
});

const issuer = 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6';
const clusters = [{ region: 'eu-west-1', name: 'prod', issuer }];
const ROLE = 'arn:aws:iam::210987654321:role/app';
type ByTool = readonly [ManagingTool, Elsewhere | null];
const by = (tool: ManagingTool, patch: Omit<Patch, 'managedBy'>): Elsewhere | null =>
  elsewhere({ ...patch, managedBy: { tool, name: null } }, clusters)[0] ?? null;

describe('a provider', () => {
  const arn = `arn:aws:iam::210987654321:oidc-provider/${issuer}`;
  const patch = (over: Partial<Patch> = {}): Patch => ({
    resource: arn,
    region: null,
    kind: 'provider',
    before: null,
    after: { url: issuer, clientIds: ['sts.amazonaws.com'] },
    ...over,
  });

  it.each<ByTool>([
    ['eksctl', { what: 'with eksctl', lines: ['eksctl utils associate-iam-oidc-provider --cluster prod --region eu-west-1 --approve'] }],
    [
      'terraform',
      {
        what: 'in Terraform',
        lines: [
          'resource "aws_iam_openid_connect_provider" "prod" {',
          `  url            = "https://${issuer}"`,
          '  client_id_list = ["sts.amazonaws.com"]',
          '}',
        ],
      },
    ],
    ['cloudformation', null],
    ['helm', null],
  ])('that is missing, by %s', (tool, expected) => expect(by(tool, patch())).toEqual(expected));

  it.each<ByTool>([
    ['terraform', { what: 'in Terraform, in its aws_iam_openid_connect_provider', lines: ['client_id_list = ["a", "b"]'] }],
    ['cdk', { what: 'in CDK, in its OpenIdConnectProvider', lines: ['clientIds: ["a","b"]'] }],
    ['cloudformation', { what: 'in the template, in its AWS::IAM::OIDCProvider', lines: ['ClientIdList: ["a","b"]'] }],
    ['eksctl', null],
  ])('that lacks an audience, by %s', (tool, expected) => {
    const [before, after] = [
      { url: issuer, clientIds: ['a'] },
      { url: issuer, clientIds: ['a', 'b'] },
    ];
    expect(by(tool, patch({ before, after }))).toEqual(expected);
  });

  it.each<[string, Partial<Patch>, string]>([
    ['with another audience', { after: { url: issuer, clientIds: ['own.example'] } }, 'prod'],
    ['of a cluster with a name that acts', {}, '$(id)'],
  ])('%s is not made by eksctl', (_what, over, name) =>
    expect(
      elsewhere(
        { ...patch(over), managedBy: { tool: 'eksctl', name: 'prod' } },
        clusters.map((one) => ({ ...one, name })),
      ),
    ).toEqual([]),
  );

  it('is none of a resource whose name Terraform would not take', () => {
    const managedBy = { tool: 'terraform', name: null } as const;
    const named = clusters.map((one) => ({ ...one, name: 'a" {}' }));
    expect(elsewhere({ ...patch(), managedBy }, named)[0]?.lines[0]).toBe('resource "aws_iam_openid_connect_provider" "this" {');
  });
});

describe('a statement', () => {
  const statement = (name: string): Json => ({
    Effect: 'Allow',
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { s: name } },
  });
  const policy = (...names: readonly string[]): Json => ({ Version: '2012-10-17', Statement: names.map(statement) });
  const patch = (before: Json, after: Json): Patch => ({ resource: ROLE, region: null, kind: 'trust-policy', before, after });

  it('takes the place of another, or none', () => {
    expect(by('terraform', patch(policy('a', 'b'), policy('a', 'c')))?.what).toMatch(/, in place of number 2$/);
    expect(by('terraform', patch(policy('a'), policy('a', 'c')))?.what).toMatch(/in assume_role_policy$/);
    expect(by('terraform', patch(policy('a', 'b'), policy('a')))).toBeNull();
  });

  it.each<ByTool>([
    [
      'cdk',
      {
        what: 'in CDK, among the statements of the assumeRolePolicy of the role',
        lines: [`iam.PolicyStatement.fromJson(${JSON.stringify(statement('c'))})`],
      },
    ],
    [
      'cloudformation',
      {
        what: 'in the template, among the Statement of its AssumeRolePolicyDocument (in CDK: iam.PolicyStatement.fromJson(…))',
        lines: [JSON.stringify(statement('c'))],
      },
    ],
    // It has no command that changes a trust policy.
    ['eksctl', null],
  ])('by %s', (tool, expected) => expect(by(tool, patch(policy('a'), policy('a', 'c')))).toEqual(expected));

  it('is one of the data source of Terraform too, as terraform fmt writes it', () => {
    const managedBy = { tool: 'terraform', name: null } as const;
    const [, found] = elsewhere({ ...patch(policy('a', 'b'), policy('a', 'c')), managedBy }, clusters);
    expect(found).toEqual({
      what: 'in Terraform, in a data aws_iam_policy_document, in place of number 2',
      lines: [
        'statement {',
        '  effect  = "Allow"',
        '  actions = ["sts:AssumeRoleWithWebIdentity"]',
        '',
        '  condition {',
        '    test     = "StringEquals"',
        '    variable = "s"',
        '    values   = ["c"]',
        '  }',
        '}',
      ],
    });
  });

  it.each<[string, Json, readonly string[] | null]>([
    [
      'a principal of each kind',
      { Sid: 'x', Principal: { Federated: ['p', 'q'], AWS: 'r' } },
      [
        'statement {',
        '  sid = "x"',
        '',
        '  principals {',
        '    type        = "Federated"',
        '    identifiers = ["p", "q"]',
        '  }',
        '',
        '  principals {',
        '    type        = "AWS"',
        '    identifiers = ["r"]',
        '  }',
        '}',
      ],
    ],
    [
      'everybody',
      { Principal: '*' },
      ['statement {', '', '  principals {', '    type        = "*"', '    identifiers = ["*"]', '  }', '}'],
    ],
    [
      'what is no text',
      { Condition: { Bool: { 'aws:SecureTransport': true } } },
      [
        'statement {',
        '',
        '  condition {',
        '    test     = "Bool"',
        '    variable = "aws:SecureTransport"',
        '    values   = ["true"]',
        '  }',
        '}',
      ],
    ],
    ['what the block has not', { Effect: 'Allow', Extra: 'x' }, null],
    ['an object for a text', { Condition: { StringEquals: { a: { b: 'c' } } } }, null],
    ['an empty list', { Condition: { StringEquals: { a: [] } } }, null],
    ['what the data source reads as a variable', { Condition: { StringEquals: { a: '&{aws:username}' } } }, null],
    ['no statement', 'Allow', null],
  ])('with %s, as a block', (_what, one, lines) => expect(statementBlock(one)).toEqual(lines));

  it('is one that CDK reads as it was meant', () => {
    const shown = by('cdk', patch(policy('a'), policy('a', 'c')))?.lines[0] ?? '';
    const [, json = ''] = /^iam\.PolicyStatement\.fromJson\((.*)\)$/.exec(shown) ?? [];
    expect(PolicyStatement.fromJson(JSON.parse(json)).toStatementJson()).toEqual(statement('c'));
  });
});

describe('an association that is to be made', () => {
  const patch: Patch = {
    resource: 'prod/shop/web',
    region: 'eu-west-1',
    kind: 'pod-identity-association',
    before: null,
    after: { namespace: 'shop', serviceAccount: 'web', roleArn: ROLE },
  };

  it.each<ByTool>([
    [
      'eksctl',
      {
        what: 'with eksctl',
        lines: [
          `eksctl create podidentityassociation --cluster prod --region eu-west-1 --namespace shop --service-account-name web --role-arn ${ROLE}`,
        ],
      },
    ],
    [
      'terraform',
      {
        what: 'in Terraform',
        lines: [
          'resource "aws_eks_pod_identity_association" "web" {',
          '  cluster_name    = "prod"',
          '  namespace       = "shop"',
          '  service_account = "web"',
          `  role_arn        = "${ROLE}"`,
          '}',
        ],
      },
    ],
    ['cloudformation', null],
  ])('by %s', (tool, expected) => expect(by(tool, patch)).toEqual(expected));

  it('is none where one is changed, or a name acts', () => {
    expect(by('eksctl', { ...patch, before: { id: 'a-1' } })).toBeNull();
    expect(by('eksctl', { ...patch, resource: 'prod/shop/$(id)' })).toBeNull();
  });
});

describe('annotations', () => {
  it.each<[ManagingTool, string | null]>([
    ['helm', 'in the values or the template of the chart, under the annotations of the ServiceAccount'],
    ['flux', 'in Git, under the annotations of the ServiceAccount'],
    ['eksctl', null],
  ])('by %s', (tool, what) => {
    const [before, after] = [{ annotations: { a: 'b' } }, { annotations: { 'a': 'b', 'eks.amazonaws.com/role-arn': ROLE } }];
    const found = by(tool, { resource: 'prod/shop/web', region: 'eu-west-1', kind: 'service-account', before, after });
    expect(found).toEqual(what === null ? null : { what, lines: [`eks.amazonaws.com/role-arn: "${ROLE}"`] });
  });
});
