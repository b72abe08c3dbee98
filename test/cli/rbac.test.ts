import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { run } from '../../cli/run.js';
import { isThere, runIn, SHELLS, whyNot } from '../support/shells.js';
import { captured } from './io-of-test.js';

const FILES = { 'account.json': readFileSync('examples/account.json', 'utf8') };
const PRINCIPAL = 'arn:aws:iam::418527603941:role/auditor';
async function rbac(
  argv: readonly string[],
  files: Readonly<Record<string, string>> = FILES,
): Promise<{ readonly status: number; readonly out: string; readonly err: string }> {
  const { io, out, err } = captured({ files });
  const status = await run(['rbac', '--inventory', 'account.json', ...argv], io);
  return { status, out: out(), err: err() };
}

describe('irsa-auditor rbac', () => {
  it('prints for each cluster an access entry with the view policy', async () => {
    const { status, out } = await rbac(['--principal', PRINCIPAL, '--cluster', 'shop-prod']);
    expect([status, out.trimEnd().split('\n')]).toEqual([
      0,
      [
        '# Where there is an access entry already, create-access-entry answers ResourceInUseException:',
        '#   then associate-access-policy alone is enough.',
        '',
        '# eu-west-1/shop-prod',
        `aws eks create-access-entry --region eu-west-1 --cluster-name shop-prod --principal-arn ${PRINCIPAL}`,
        `aws eks associate-access-policy --region eu-west-1 --cluster-name shop-prod --principal-arn ${PRINCIPAL} --policy-arn arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy --access-scope type=cluster`,
      ],
    ]);
    expect((await rbac(['--principal', PRINCIPAL])).out.match(/^aws eks create-access-entry/gm)).toHaveLength(4);
  });

  it('prints a ClusterRole that reads six things and no secrets', async () => {
    const { out } = await rbac(['--principal', PRINCIPAL, '--narrow', '--cluster', 'eu-west-1/shop-prod']);
    expect(out).toContain('aws eks update-access-entry with the same arguments, and beside irsa-auditor the groups that the entry has;');
    const yaml = /^printf %s '([^']*)' > irsa-auditor-rbac\.yaml\n/.exec(out)?.[1] ?? '';
    const [role, binding] = parseAllDocuments(yaml).map(
      (one) => one.toJS() as { rules: { resources: string[]; verbs: string[]; resourceNames?: string[] }[]; subjects: object[] },
    );
    expect(role?.rules.map(({ resources, verbs, resourceNames }) => [...resources, ...verbs, ...(resourceNames ?? [])].join(' '))).toEqual([
      'namespaces list',
      'serviceaccounts list',
      'pods list',
      'mutatingwebhookconfigurations list',
      'networkpolicies list',
      'daemonsets get eks-pod-identity-agent eks-pod-identity-agent-hybrid eks-pod-identity-agent-hybrid-bottlerocket',
    ]);
    expect(binding?.subjects).toEqual([{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'irsa-auditor' }]);
    expect(out).toMatch(
      /create-access-entry .* --kubernetes-groups irsa-auditor\nkubectl apply --context arn:aws:eks:eu-west-1:418527603941:cluster\/shop-prod -f irsa-auditor-rbac\.yaml\n$/,
    );
  });

  it('says what could not be read, and that the list of all clusters is not one of all', async () => {
    const gap = /^Not everything could be read of the clusters:\n {2}eks:ListClusters in eu-central-1: denied: /;
    const all = await rbac(['--principal', PRINCIPAL]);
    expect([all.status, all.err]).toEqual([3, expect.stringMatching(gap)]);
    expect((await rbac(['--principal', PRINCIPAL, '--cluster', 'shop-prod'])).err).toMatch(gap);
    expect(await rbac(['--principal', PRINCIPAL, '--cluster', 'eu-west-1/shop-prod'])).toMatchObject({ status: 0, err: '' });
    expect((await rbac(['--principal', PRINCIPAL, '--cluster', 'nowhere'])).err).toMatch(
      /"nowhere" .* read\. Not everything .*\n .*eu-central-1/,
    );
  });

  it.each(['aws-cn', 'aws-us-gov'])('names the policy of the partition %s', async (partition) => {
    const there = FILES['account.json'].replaceAll('arn:aws:', `arn:${partition}:`);
    const { out } = await rbac(['--principal', PRINCIPAL.replace('arn:aws:', `arn:${partition}:`)], { 'account.json': there });
    expect(new Set(out.match(/--policy-arn \S+/g))).toEqual(
      new Set([`--policy-arn arn:${partition}:eks::aws:cluster-access-policy/AmazonEKSViewPolicy`]),
    );
  });

  it('goes by the config map where the cluster takes no access entries', async () => {
    const old = FILES['account.json'].replaceAll('"status": "ACTIVE"', '"status": "ACTIVE", "authenticationMode": "CONFIG_MAP"');
    const principal = 'arn:aws:iam::418527603941:role/teams/auditor';
    const { out } = await rbac(['--principal', principal, '--cluster', 'eu-west-1/shop-prod'], { 'account.json': old });
    const context = 'arn:aws:eks:eu-west-1:418527603941:cluster/shop-prod';
    expect(out).toMatch(/^printf %s '[^']*' > irsa-auditor-rbac\.yaml\n/);
    expect(out.trimEnd().split('\n').slice(-6)).toEqual([
      '# eu-west-1/shop-prod',
      '# Its authentication mode is CONFIG_MAP: it takes no access entries, but a line in its config map aws-auth.',
      `kubectl apply --context ${context} -f irsa-auditor-rbac.yaml`,
      `eksctl create iamidentitymapping --region eu-west-1 --cluster shop-prod --arn ${PRINCIPAL} --username irsa-auditor --group irsa-auditor --no-duplicate-arns`,
      `# Without eksctl, under mapRoles: - { rolearn: ${PRINCIPAL}, username: irsa-auditor, groups: [irsa-auditor] }`,
      `#   kubectl edit --context ${context} --namespace kube-system configmap/aws-auth`,
    ]);
  });

  it.each(['x\nrm -rf /', "x'; touch CANARY #", 'x\u00ad', '=ls', '--all', 'x y'])(
    'gives a cluster no commands whose name is not plain: %#',
    async (name) => {
      const hostile = FILES['account.json'].replaceAll('"shop-prod"', JSON.stringify(name));
      for (const how of [[], ['--narrow']]) {
        const { out } = await rbac(['--principal', PRINCIPAL, ...how], { 'account.json': hostile });
        expect(out.match(/^aws eks create-access-entry/gm)).toHaveLength(3);
        expect(out).toContain('\n# A cluster has a name that a shell may take for something else: there are no commands for it.\n');
        expect(out).not.toContain(name);
      }
    },
  );

  it.each<[readonly string[], RegExp]>([
    [['--principal', 'auditor'], /auditor is no ARN of a role or user\./],
    [['--principal', PRINCIPAL, '--cluster', 'nowhere'], /There is no cluster "nowhere" among those that were read\./],
    [[], /A saved inventory \(--inventory\) does not say who is to be allowed\. Name the role or user that audits with --principal\./],
  ])('%j is wrong usage', async (argv, words) => {
    const { status, err } = await rbac(argv);
    expect([status, words.test(err)]).toEqual([2, true]);
  });
});

describe.each(SHELLS)('what rbac prints, in $name', (shell) => {
  const run = isThere(shell) ? it : it.skip;

  run(`is carried out as it is${whyNot(shell)}`, async () => {
    const old = FILES['account.json'].replace('"status": "ACTIVE"', '"status": "ACTIVE", "authenticationMode": "CONFIG_MAP"');
    const { out } = await rbac(['--principal', PRINCIPAL, '--narrow'], { 'account.json': old });
    const { calls, made, errors } = runIn(shell, [out]);
    expect(errors).toBe('');
    expect(calls.map(([verb, noun]) => `${verb ?? ''} ${noun ?? ''}`).sort()).toEqual([
      ...Array<string>(4).fill('apply --context'),
      'create iamidentitymapping',
      ...Array<string>(3).fill('eks create-access-entry'),
    ]);
    expect(Object.keys(made)).toEqual(['irsa-auditor-rbac.yaml']);
    expect(parseAllDocuments(made['irsa-auditor-rbac.yaml'] ?? '').map((one) => (one.toJS() as { kind: string }).kind)).toEqual([
      'ClusterRole',
      'ClusterRoleBinding',
    ]);
  });
});

describe('--kubernetes', () => {
  it.each(['audit', 'who'])('cannot read more of what was saved (%s)', async (command) => {
    const { io, err } = captured({ files: FILES });
    const status = await run([command, ...(command === 'who' ? ['role'] : []), '--inventory', 'account.json', '--kubernetes'], io);
    expect([status, err()]).toEqual([2, expect.stringMatching(/--kubernetes chooses what is read; a saved inventory/)]);
  });
});
