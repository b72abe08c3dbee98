import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseInventory } from '../../src/saved/inventory-file.js';
import type { Report } from '../../src/model/report/report.js';
import { grantAccess } from '../../src/pipeline/grant-access.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { NoSuchProblemError, problemsCalled } from '../../src/report/parts/find-problem.js';
import { problemsOf } from '../../src/report/parts/problems.js';
import { renderShow } from '../../src/report/screens/show.js';
import type { FixOptions } from '../../src/report/repair/fix-lines.js';
import { expectGolden } from './golden.js';
import { aFinding, aFix, aReport } from './report-builder.js';

const example = auditInventory(parseInventory(readFileSync('examples/account.json', 'utf8'), 'example'), {
  now: '2026-11-01T06:00:00.000Z',
});
const TERMINAL: FixOptions = {
  color: false,
  width: 80,
  links: false,
  shell: 'posix',
  program: 'irsa-auditor',
  self: 'irsa-auditor show 3',
  written: null,
};

function show(id: string, over: Partial<FixOptions> = {}, report: Report = example): string {
  const [first] = problemsCalled(id, report);
  if (first === undefined) throw new Error(`nothing is called ${id}`);
  return renderShow(first, report, { ...TERMINAL, self: `irsa-auditor show ${first.number}`, ...over });
}

describe('a problem of the example', () => {
  it.each(['role/ebs-csi-prod', 'sa/wishlist', 'role/search', 'provider/2B9D47F0E8A1635CD40F92B7E61A3C85'])('%s, at 80 columns', (id) =>
    expectGolden(`show-${id.replace('/', '-')}-80.txt`, show(id)),
  );
  it.each([120, 200])('at %d columns', (width) =>
    expectGolden(`show-role-ebs-csi-prod-${width}.txt`, show('role/ebs-csi-prod', { width })),
  );
  it('off a terminal, with its command as it is', () =>
    expectGolden('show-role-ebs-csi-prod-no-terminal.txt', show('role/ebs-csi-prod', { width: null })));

  it('stays within the columns, but for what is copied', () => {
    for (const width of [60, 80, 120])
      problemsOf(example).forEach((_, index) => {
        const long = show(String(index + 1), { width })
          .split('\n')
          .filter((line) => line.length > width && !/^ {4}[$+-] /.test(line) && / (?! )/.test(line.trim()));
        expect(long).toEqual([]);
      });
  });

  it('says what to do in the order in which it is done: the fix, the restart, the check', () =>
    expect(show('sa/wishlist')).toMatch(
      /\$ kubectl annotate serviceaccount wishlist [^]*\$ kubectl rollout restart deployment\/wishlist --context arn:aws:eks:eu-west-1:418527603941:cluster\/shop-prod --namespace shop\n[^]*\$ irsa-auditor why sa\/wishlist -n shop --cluster eu-west-1\/shop-prod\n/,
    ));

  it.each([
    ['aws', 'https://console.aws.amazon.com', 'https://eu-west-1.console.aws.amazon.com'],
    ['aws-cn', 'https://console.amazonaws.cn', 'https://console.amazonaws.cn'],
    ['aws-us-gov', 'https://console.amazonaws-us-gov.com', 'https://console.amazonaws-us-gov.com'],
    ['aws-iso', null, null],
  ])('has the pages of the console for what it is about and what its fix changes: %s', (partition, iam, eks) => {
    const arn = `arn:${partition}:iam::111122223333:role/app`;
    const patch = { resource: arn, region: null, kind: 'trust-policy', before: {}, after: {} } as const;
    const cluster = 'eu-west-1/prod';
    const finding = aFinding({
      subject: { type: 'association', id: 'prod/shop/web', arn: null, region: 'eu-west-1' },
      clusters: [cluster],
      fix: aFix({ patches: [patch, { ...patch, kind: 'provider', before: null, resource: arn.replace('role/app', 'oidc-provider/x') }] }),
    });
    const report = { ...aReport({ findings: [finding] }), partition };
    const pages = (show('1', {}, report).match(/^ {4}https:\S+$/gm) ?? []).map((line) => line.trim());
    expect(pages).toEqual(
      iam === null
        ? []
        : [`${eks}/eks/home?region=eu-west-1#/clusters/prod`, `${iam}/iam/home#/roles/details/app?section=trust_relationships`],
    );
  });

  it('names who is granted access, and prints no command where that is not decided', () => {
    const text = show('role/search');
    expect(text).toContain('Grants access to: shop/search (to role/search) – confirm before running');
    expect(text).toMatch(/No ready command: confirm first[^]*\n {4}Next: irsa-auditor show 5 --grant shop\/search\n/);
    expect(text).not.toMatch(/\$ aws /);
  });

  it('takes the commands of files that were written, and the way back', () => {
    const written = { commands: ['aws iam x file://a.after.json'], back: ['aws iam x file://a.before.json'] };
    expect(show('role/ebs-csi-prod', { written })).toMatch(
      /\$ aws iam x file:\/\/a\.after\.json\n[^]*way back[^]*\$ aws iam x file:\/\/a\.before\.json\n/,
    );
  });
});

describe('a service account that a person allows by name', () => {
  const inventory = parseInventory(readFileSync('examples/account.json', 'utf8'), 'example');
  const { problem, report } = grantAccess(
    inventory,
    { problem: 'role/search', subject: 'shop/search' },
    { now: '2026-11-01T06:00:00.000Z' },
  );
  const self = 'irsa-auditor show 5 --grant shop/search';

  it.each([80, 120, 200])('at %d columns', (width) =>
    expectGolden(`show-grant-${width}.txt`, renderShow(problem, report, { ...TERMINAL, width, self })),
  );
  it('off a terminal', () => expectGolden('show-grant-no-terminal.txt', renderShow(problem, report, { ...TERMINAL, width: null, self })));
});

describe('which problem is meant', () => {
  const numbers = (id: string): number[] => problemsCalled(id, example).map(({ number }) => number);
  const fingerprint = problemsOf(example)[4]?.primary.fingerprint ?? '';

  it.each<[string, number[]]>([
    ['5', [5]],
    ['#5', [5]],
    [fingerprint, [5]],
    [fingerprint.slice(0, 12), [5]],
    ['role/search', [5]],
    ['search', [5]],
    ['arn:aws:iam::418527603941:role/search', [5]],
    ['sa/search', [5]],
    ['sa/shop/wishlist', [4]],
    ['pod/ratings-6f9c7d5b8-4kq2x', [10]],
    ['deployment/ratings', [10]],
    ['cluster/analytics', [13]],
  ])('%s', (id, found) => expect(numbers(id)).toEqual(found));

  it.each<[string, RegExp]>([
    ['99', /Its problems are 1 to 18\.$/],
    ['role/serch', /Did you mean search\?$/],
  ])('%s is none', (id, words) => {
    expect(() => numbers(id)).toThrow(NoSuchProblemError);
    expect(() => numbers(id)).toThrow(words);
  });
});

it('says which others are of the same rule', () => {
  const findings = ['a', 'b', 'c'].map((fingerprint) => aFinding({ fingerprint, problem: fingerprint }));
  expect(show('2', {}, aReport({ findings }))).toContain('2 more (numbers 1 to 3) are of the same rule.');
});

it('prints no command that cannot be copied as it stands', () => {
  const report = aReport({ findings: [aFinding({ fix: aFix({ commands: ['aws iam x\u202e'] }) })] });
  expect(show('1', {}, report)).toMatch(/\(a command with characters that cannot be shown[^]*x\\u202e/);
});
