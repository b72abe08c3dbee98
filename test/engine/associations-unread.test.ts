import { describe, expect, it } from '@jest/globals';
import { chainOf } from '../../src/engine/chain/chain.js';
import { seen } from '../../src/model/inventory/observed.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { RULES } from '../../src/rules/index.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';
import { OF_AGENT } from './made-up-account.js';
import { BOTH, forPods, HOST, policy, providerArn, roleArn } from './made-up-statements.js';

/** One service account whose annotation would not do, were it the way to its role. */

const allowing = (url: string, name: string) =>
  policy({
    Effect: 'Allow',
    Principal: { Federated: providerArn(url) },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { [`${url}:aud`]: 'sts.amazonaws.com', [`${url}:sub`]: `system:serviceaccount:shop:${name}` } },
  });

const FOR_PODS = { arn: roleArn('pods'), trustPolicy: policy(forPods(BOTH)) };
const annotated = (role: string): NonNullable<Case['serviceAccounts']> => [
  { cluster: 'prod', namespace: 'shop', name: 'app', annotations: { 'eks.amazonaws.com/role-arn': roleArn(role) } },
];
const trusting = (trustPolicy: ReturnType<typeof policy>): NonNullable<Case['roles']> => [{ arn: roleArn('app'), trustPolicy }];

const ACCOUNT: Case = {
  clusters: [
    { name: 'prod', issuer: `https://${HOST.prod}` },
    { name: 'lab', region: 'us-east-1', issuer: `https://${HOST.lab}` },
  ],
  providers: [{ arn: providerArn(HOST.prod) }, { arn: providerArn(HOST.lab) }],
  serviceAccounts: annotated('app'),
};
const PODS: NonNullable<Case['pods']> = [{ cluster: 'prod', namespace: 'shop', name: 'app-1', serviceAccountName: 'app', env: OF_AGENT }];

const WRONG: readonly (readonly [string, Case])[] = [
  ['principal-type-wrong', { serviceAccounts: annotated('pods'), roles: [FOR_PODS] }],
  ['annotation-role-missing', { roles: [FOR_PODS] }],
  ['annotation-role-missing', { roles: [] }],
  ['subject-mismatch', { roles: trusting(allowing(HOST.prod, 'other')) }],
  ['federated-provider-of-other-cluster', { roles: trusting(allowing(HOST.lab, 'app')) }],
  ['provider-missing', { providers: [], serviceAccounts: annotated('pods'), roles: [FOR_PODS] }],
];

function judged(given: Case) {
  const inventory = inventoryOfCase({ ...ACCOUNT, ...given });
  const report = auditInventory(inventory);
  const [cluster] = inventory.regions.flatMap(({ clusters }) => seen(clusters));
  if (cluster === undefined) throw new Error('the account has a cluster');
  const target = { region: cluster.region, cluster: 'prod', namespace: 'shop', serviceAccount: 'app', pod: null };
  return { report, chain: chainOf(inventory, { rules: RULES, report }, cluster, target) };
}

const told = ({ report }: ReturnType<typeof judged>, rule: string) =>
  report.findings.filter((one) => one.rule === rule && one.severity !== 'info').length;
const isOpen = ({ report }: ReturnType<typeof judged>, rule: string): boolean =>
  report.rules.some(({ id, notEvaluated }) => id === rule && notEvaluated.length > 0);

describe.each(WRONG)('where associations were not read, %s', (rule, given) => {
  it('is open of a service account whose pods show that it has one', () => {
    const found = judged({ ...given, pods: PODS, podIdentityAssociations: null });
    expect(told(found, rule)).toBe(0);
    expect(isOpen(found, rule)).toBe(true);
    expect(found.chain.verdict).toBe('open');
    expect(found.chain.links.some(({ says }) => says.includes('no association is there'))).toBe(false);
  });

  it('is told where they were read, and it has none', () => {
    const found = judged({ ...given, pods: [], podIdentityAssociations: [] });
    expect(told(found, rule)).toBe(1);
    expect(found.chain.verdict).toBe('broken');
  });
});

describe('where associations were not read, and pods show none', () => {
  it('a role that is for Pod Identity alone is not told to be wrong', () => {
    const found = judged({ serviceAccounts: annotated('pods'), roles: [FOR_PODS], podIdentityAssociations: null });
    expect([told(found, 'principal-type-wrong'), found.chain.verdict]).toEqual([0, 'open']);
  });

  it('a role that names another service account is told, and not for certain', () => {
    const found = judged({ roles: trusting(allowing(HOST.prod, 'other')), podIdentityAssociations: null });
    expect(found.report.findings.map(({ rule, confidence }) => [rule, confidence])).toEqual([['subject-mismatch', 'likely']]);
    expect(found.chain.verdict).toBe('broken');
  });

  it.each([
    ['is told for certain, with a command, where they were read', [], 'certain', 1],
    ['is told, neither for certain nor with a command, where they were not', null, 'likely', 0],
  ] as const)('the role of an add-on that names another cluster %s', (_, podIdentityAssociations, confidence, commands) => {
    const wants = [{ serviceAccount: 'ebs-csi-controller-sa', policies: [] }];
    const addon = { cluster: 'prod', name: 'aws-ebs-csi-driver', namespace: 'kube-system', role: roleArn('app'), wants };
    const { report } = judged({
      serviceAccounts: [],
      roles: trusting(allowing(HOST.lab, 'app')),
      addons: [{ ...addon, status: 'ACTIVE' }],
      podIdentityAssociations,
    });
    const found = report.findings.filter(({ rule }) => rule === 'federated-provider-of-other-cluster');
    expect(found.map((one) => [one.confidence, one.fix?.commands.length])).toEqual([[confidence, commands]]);
  });

  it('it is not told, where pods that might show one were asked for and not read', () => {
    const inventory = inventoryOfCase({
      ...ACCOUNT,
      roles: [...trusting(allowing(HOST.prod, 'other')), FOR_PODS],
      podIdentityAssociations: null,
    });
    const regions = inventory.regions.map((one) => ({
      ...one,
      clusters: {
        known: true as const,
        value: seen(one.clusters).map((cluster) => ({
          ...cluster,
          workloads: { known: false as const, reason: 'denied' as const, detail: 'not read' },
        })),
      },
    }));
    expect(auditInventory({ ...inventory, regions }).findings).toEqual([]);
  });
});
