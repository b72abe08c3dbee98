import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Finding } from '../../src/model/report/finding.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { caseOf } from '../cases/cases-of-rules.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';
import { accountsRightAround } from '../engine/made-up-account.js';
import { roleArn } from '../engine/made-up-statements.js';

/** Advice that takes an association away names those who live by it: following it may not leave them without a word. */

type Pod = NonNullable<Case['pods']>[number];

const AGENT = 'http://169.254.170.23/v1/credentials';

const runsBeyond = ({ labels = {}, os }: Pod): boolean => labels['eks.amazonaws.com/fargate-profile'] !== undefined || os === 'windows';

/** Whether a container of a pod on Linux nodes asks the agent, and has nothing that SDKs take before it. */
function livesByAssociation(pod: Pod): boolean {
  const containers = pod.containers?.map(({ env = {} }) => env) ?? [pod.env ?? {}];
  return (
    !runsBeyond(pod) &&
    containers.some(
      (env) =>
        env['AWS_CONTAINER_CREDENTIALS_FULL_URI'] === AGENT &&
        !('AWS_ROLE_ARN' in env && 'AWS_WEB_IDENTITY_TOKEN_FILE' in env) &&
        !('AWS_ACCESS_KEY_ID' in env && 'AWS_SECRET_ACCESS_KEY' in env),
    )
  );
}

const serviceAccountOf = ({ cluster, namespace, serviceAccountName }: Pod): string => `${cluster}/${namespace}/${serviceAccountName}`;

const TAKES_AWAY = /remove the association|association is deleted|delete the association/i;

/** Advice to take an association from under pods that it does not name. */
function unnamed(given: Case): readonly string[] {
  const isAbout = ({ subject, related }: Finding, pod: Pod): boolean =>
    [subject, ...related].some(({ type, id }) => type === 'service-account' && id === serviceAccountOf(pod));
  const living = (given.pods ?? []).filter(livesByAssociation);
  return auditInventory(inventoryOfCase(given)).findings.flatMap((finding) => {
    const summary = (finding.fix?.summary ?? '').replace(/do not remove the association/gi, '');
    if (!TAKES_AWAY.test(summary)) return [];
    return living
      .filter((pod) => isAbout(finding, pod) && !summary.includes(pod.name))
      .map(({ name }) => `${finding.rule} of ${finding.subject.id} does not name ${name}: ${summary}`);
  });
}

const ROLE = roleArn('app');
const ENVIRONMENTS: readonly Readonly<Record<string, string>>[] = [
  {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: AGENT,
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token',
  },
  { AWS_ROLE_ARN: ROLE, AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/secrets/eks.amazonaws.com/serviceaccount/token' },
  {},
];

/** Pods of one service account with an association, on Fargate, on Windows and on Linux nodes. */
const shared: fc.Arbitrary<Case> = fc
  .tuple(
    accountsRightAround,
    fc.array(fc.record({ place: fc.constantFrom('nodes', 'nodes', 'Fargate', 'Windows'), env: fc.constantFrom(...ENVIRONMENTS) }), {
      minLength: 2,
      maxLength: 3,
    }),
  )
  .map(([given, places]) => ({
    ...given,
    pods: places.map(({ place, env }, index) => ({
      cluster: 'prod',
      namespace: 'shop',
      name: `app-${String(index)}`,
      serviceAccountName: 'app',
      env,
      labels: place === 'Fargate' ? { 'eks.amazonaws.com/fargate-profile': 'own' } : {},
      ...(place === 'Windows' ? { os: 'windows' as const } : {}),
    })),
    podIdentityAssociations: [{ cluster: 'prod', namespace: 'shop', serviceAccount: 'app', roleArn: ROLE }],
  }));

const adviceOf = (given: Case, rule: string): string =>
  auditInventory(inventoryOfCase(given)).findings.find((finding) => finding.rule === rule)?.fix?.summary ?? '';

describe('pods on Fargate that share a service account with pods on nodes', () => {
  it('get a service account of their own', () => {
    const own = /as a service account of (their|its) own/;
    const both = caseOf('pod-identity-and-irsa', 'bad-some-on-fargate-some-on-nodes');
    expect(adviceOf(both, 'pod-identity-and-irsa')).toMatch(own);
    expect(adviceOf(both, 'pod-identity-and-irsa')).toContain('Do not remove the association: Deployment api (pod api-1)');
    const associated = caseOf('pod-identity-compute-unsupported', 'bad-others-live-on-nodes');
    expect(adviceOf(associated, 'pod-identity-compute-unsupported')).toMatch(own);
    expect(adviceOf(associated, 'pod-identity-compute-unsupported')).toContain('Leave the association: Deployment api (pod api-1)');
    const alone = caseOf('pod-identity-compute-unsupported', 'bad-fargate');
    expect(adviceOf(alone, 'pod-identity-compute-unsupported')).toMatch(/the association is deleted, and the pods are recreated\.$/);
  });

  it('bring no statement for Pod Identity into a trust policy that serves nobody else', () => {
    const commandsOf = (given: Case): readonly string[] =>
      auditInventory(inventoryOfCase(given)).findings.flatMap(({ rule, fix }) =>
        rule === 'pod-identity-trust-missing' ? (fix?.commands ?? []) : [],
      );
    const trust = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    };
    const refused = (given: Case): Case => ({ ...given, roles: (given.roles ?? []).map((one) => ({ ...one, trustPolicy: trust })) });
    expect(commandsOf(refused(caseOf('pod-identity-compute-unsupported', 'bad-fargate')))).toEqual([]);
    expect(commandsOf(refused(caseOf('pod-identity-compute-unsupported', 'bad-windows')))).toEqual([]);
    expect(commandsOf(refused(caseOf('pod-identity-compute-unsupported', 'bad-others-live-on-nodes')))).toHaveLength(1);
    expect(commandsOf(refused({ ...caseOf('pod-identity-compute-unsupported', 'bad-fargate'), pods: [] }))).toHaveLength(1);
  });
});

describe('advice to take an association away', () => {
  it('names the pods that live by it', () => {
    fc.assert(
      fc.property(shared, (given) => {
        expect(unnamed(given)).toEqual([]);
      }),
      { numRuns: 60, seed: 20261130 },
    );
  });

  it('is given in accounts that are asked', () => {
    const given = fc.sample(shared, { numRuns: 60, seed: 20261130 });
    const advice = given.flatMap((one) => auditInventory(inventoryOfCase(one)).findings.map(({ fix }) => fix?.summary ?? ''));
    expect(advice.filter((one) => TAKES_AWAY.test(one)).length).toBeGreaterThan(5);
    expect(given.filter((one) => (one.pods ?? []).some(livesByAssociation) && (one.pods ?? []).some(runsBeyond)).length).toBeGreaterThan(5);
  });
});
