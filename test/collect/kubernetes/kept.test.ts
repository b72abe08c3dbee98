import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PodFold } from '../../../src/collect/kubernetes/fold-pods.js';
import { serviceAccountOf } from '../../../src/collect/kubernetes/records.js';
import { Shared } from '../../../src/collect/kubernetes/intern.js';
import { parseRoleArn } from '../../../src/facts/account/role-arn.js';
import { isMisspeltRoleKey } from '../../../src/facts/service-account/misspelt-annotation.js';
import type { Workload } from '../../../src/model/inventory/workload.js';

const EKS = 'eks.amazonaws.com/';
const ROLE = `${EKS}role-arn`;
const ARN = 'arn:aws:iam::210987654321:role/app';
const many = <T>(count: number, one: (index: number) => T): readonly T[] => Array.from({ length: count }, (_, index) => one(index));

const annotationsOf = (annotations: unknown): Readonly<Record<string, string>> =>
  serviceAccountOf({ metadata: { namespace: 'n', name: 'a', annotations } }, new Shared()).annotations;

interface Folded {
  readonly workloads: readonly Workload[];
  readonly leftOut: PodFold['leftOut'];
}
function folded(...pods: readonly object[]): Folded {
  const fold = new PodFold();
  for (const pod of pods) fold.add({ metadata: { namespace: 'n', name: 'p' }, ...pod });
  return { workloads: fold.workloads(), leftOut: fold.leftOut };
}
const main = (container: object, spec: object = {}) => ({ spec: { containers: [{ name: 'main', ...container }], ...spec } });

describe('of the labels of a service account', () => {
  it('those are kept that say what manages it, where they say so', () => {
    const of = (metadata: object) => serviceAccountOf({ metadata: { namespace: 'n', name: 'a', ...metadata } }, new Shared()).managedBy;
    const release = { 'meta.helm.sh/release-name': 'shop', 'meta.helm.sh/release-namespace': 'n' };
    expect(of({ labels: { 'app.kubernetes.io/managed-by': 'Helm', 'team': 'shop' }, annotations: release })).toEqual({
      'app.kubernetes.io/managed-by': 'Helm',
      'meta.helm.sh/release-name': 'shop',
    });
    expect(of({ labels: { 'app.kubernetes.io/managed-by': 'somebody', 'team': 'shop' } })).toBeUndefined();
  });
});

describe('of the annotations of a service account', () => {
  it('those are kept that a rule reads, and no other one of any domain', () =>
    expect(
      annotationsOf({
        [ROLE]: ARN,
        [`${EKS}audience`]: 'sts.amazonaws.com',
        [`${EKS}token-expiration`]: '600',
        'eks.amazonaws.com.example/token': 's',
        'weeks.example/learn': 's',
        'geeks.amazing.example/learn': 's',
        'aws.example/role-session-key': 's',
      }),
    ).toEqual({ [ROLE]: ARN, [`${EKS}audience`]: 'sts.amazonaws.com' }));

  it('all are kept that may be a misspelt key of the role', () => {
    const slips = fc
      .tuple(fc.constantFrom('eks.amazonaws.com', 'iam.amazonaws.com'), fc.constantFrom('role-arn', 'Role', 'iam.roleArn', 'arn'))
      .chain(([domain, name]) =>
        fc
          .array(fc.tuple(fc.nat(domain.length), fc.constantFrom('', 'x', '.', 'A'), fc.boolean()), { maxLength: 3 })
          .map((edits) =>
            edits.reduce((key, [at, put, insert]) => `${key.slice(0, at)}${put}${key.slice(insert ? at : at + 1)}`, `${domain}/${name}`),
          ),
      );
    let misspelt = 0;
    fc.assert(
      fc.property(slips, (key) => {
        if (!isMisspeltRoleKey(key)) return;
        misspelt += 1;
        expect(annotationsOf({ [key]: ARN })).toEqual({ [key]: ARN });
      }),
      { numRuns: 3000, seed: 20261128 },
    );
    expect(misspelt).toBeGreaterThan(500);
  });

  it('four keys that are no right ones at the most', () => {
    const wrong = Object.fromEntries(many(1000, (n) => [`eks.amazonaws.com/role-ar${'n'.repeat(n % 3)}.${n}`, ARN]));
    expect(Object.keys(annotationsOf({ ...wrong, [ROLE]: ARN }))).toHaveLength(5);
  });

  it('a value that is too long is cut, can be no ARN any more, and does not keep the whole alive', () => {
    const value = annotationsOf({ [ROLE]: `${ARN}${'x'.repeat(245_000)}` })[ROLE] ?? '';
    expect([value.length, value.startsWith(ARN), parseRoleArn(value)]).toEqual([1025, true, null]);
  });
});

describe('of a pod', () => {
  it('two annotations are kept', () => {
    const annotations = { [ROLE]: ARN, [`${EKS}skip-containers`]: 'side', 'iam.amazonaws.com/role': 's', [`${EKS}audience`]: 's' };
    expect(folded({ metadata: { annotations } }).workloads[0]?.annotations).toEqual({ [ROLE]: ARN, [`${EKS}skip-containers`]: 'side' });
  });

  it('a list of skipped containers that is too long still says which of its own it skips', () => {
    const list = [...many(2000, (n) => `other-${n}`), ' side', 'main'].join(',');
    const metadata = { namespace: 'n', name: 'p', annotations: { [`${EKS}skip-containers`]: list } };
    const spec = { containers: many(3, (n) => ({ name: ['main', 'side', 'third'][n] })) };
    expect(folded({ metadata, spec }).workloads[0]?.annotations).toEqual({ [`${EKS}skip-containers`]: ' side,main' });
  });

  it('names of variables are kept that rules read, and of others some', () => {
    const env = [
      ...many(5000, (n) => ({ name: `AWS_${n}_${'X'.repeat(40)}`, value: 'x' })),
      ...['AWS_SECRET_ACCESS_KEY', 'AWS_ACCESS_KEY_ID', 'AWS_ROLE_ARN'].map((name) => ({ name, value: 'x' })),
      { name: `AWS_${'Y'.repeat(100_000)}`, value: 'x' },
    ];
    const { variables = [] } = folded(main({ env })).workloads[0]?.containers[0] ?? {};
    expect(variables).toEqual(expect.arrayContaining(['AWS_SECRET_ACCESS_KEY', 'AWS_ACCESS_KEY_ID', 'AWS_ROLE_ARN', '…']));
    expect([variables.length, Math.max(...variables.map(({ length }) => length))]).toEqual([25, 49]);
  });

  it.each([
    ['http://user:hunter2@127.0.0.1:8080/v1/credentials?token=hunter2#hunter2', 'http://127.0.0.1:8080/v1/credentials'],
    ['http://169.254.170.23/v1/credentials', 'http://169.254.170.23/v1/credentials'],
    ['hunter2', ''],
    ['', null],
  ])('of the address %j of its credentials %j is kept', (value, kept) => {
    const { workloads } = folded(main({ env: [{ name: 'AWS_CONTAINER_CREDENTIALS_FULL_URI', value }] }));
    expect(workloads[0]?.containers[0]?.credentialsUri).toBe(kept);
    expect(JSON.stringify(workloads)).not.toContain('hunter2');
  });

  it('whose values are a quarter of a megabyte little is kept', () => {
    const long = 'x'.repeat(245_000);
    const env = ['AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_REGION'].map((name) => ({ name, value: long }));
    const metadata = { namespace: 'n', name: long, labels: { app: long }, ownerReferences: [{ kind: long, name: long }] };
    const { workloads } = folded({ metadata, ...main({ env }, { serviceAccountName: long }) });
    expect(JSON.stringify(workloads).length).toBeLessThan(6_000);
  });

  it.each([
    ['more containers than are kept', { spec: { containers: many(65, (n) => ({ name: `c-${n}` })) } }],
    [
      'more mounted tokens than are kept',
      main(
        { volumeMounts: many(1000, () => ({ name: 'v', mountPath: '/v' })) },
        { volumes: [{ name: 'v', projected: { sources: many(1000, (n) => ({ serviceAccountToken: { audience: `${n}` } })) } }] },
      ),
    ],
  ])('with %s nothing is kept, and it is told that it was left out', (_what, pod) =>
    expect(folded(pod, { metadata: { namespace: 'n', name: 'q' }, ...main({}) })).toMatchObject({
      workloads: [{ example: 'q' }],
      leftOut: { pods: 1, example: 'n/p' },
    }),
  );
});
