import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseInventory } from '../../src/inventory-file.js';
import { isManagerTag, managerByLabels, managerByTags } from '../../src/model/manager.js';
import type { Patch } from '../../src/model/finding.js';
import type { Inventory, Json } from '../../src/model/inventory.js';
import { known, seen } from '../../src/model/observed.js';
import { auditInventory } from '../../src/pipeline.js';
import { asHcl, elsewhere } from '../../src/report/elsewhere.js';
import { problemsCalled } from '../../src/report/find-problem.js';
import { render } from '../../src/report/index.js';
import { renderShow } from '../../src/report/show.js';
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

describe('a provider that is missing', () => {
  const issuer = 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6';
  const patch = (over: Partial<Patch> = {}): Patch => ({
    resource: `arn:aws:iam::210987654321:oidc-provider/${issuer}`,
    region: null,
    kind: 'provider',
    before: null,
    after: { url: issuer, clientIds: ['sts.amazonaws.com'] },
    managedBy: { tool: 'eksctl', name: 'prod' },
    ...over,
  });
  const clusters = [{ region: 'eu-west-1', name: 'prod', issuer }];

  it('of a cluster that eksctl made is made by eksctl', () =>
    expect(elsewhere(patch(), clusters)?.lines).toEqual([
      'eksctl utils associate-iam-oidc-provider --cluster prod --region eu-west-1 --approve',
    ]));

  it.each<[string, Partial<Patch>, Json]>([
    ['with another audience', { after: { url: issuer, clientIds: ['own.example'] } }, 'prod'],
    ['that is there', { before: { url: issuer, clientIds: [] } }, 'prod'],
    ['of a cluster with a name that acts', {}, '$(id)'],
  ])('%s has no such command', (_what, over, name) =>
    expect(
      elsewhere(
        patch(over),
        clusters.map((one) => ({ ...one, name: JSON.stringify(name).slice(1, -1) })),
      ),
    ).toBeNull(),
  );
});
