import { AUDIENCE_ANNOTATION, DEFAULT_AUDIENCE, ROLE_ANNOTATION, type Facts } from '../../facts/facts.js';
import { parseRoleArn } from '../../facts/role-arn.js';
import {
  injectedContainers,
  inWords,
  isBeingReplaced,
  restartAdvice,
  restartCommands,
  runningPods,
  type RunningPods,
} from '../../facts/running-pods.js';
import type { Workload } from '../../model/workload.js';
import { providerArn } from '../../policy/federated.js';
import { defineRule, STS_NOT_AUTHORIZED, type Raised } from '../define-rule.js';

const WEBHOOK_FOLDER = '/var/run/secrets/eks.amazonaws.com/';

/** The roles that the webhook gave to the containers; one that is set by hand has a token of its own. */
function rolesGiven(workload: Workload): readonly string[] {
  const given = injectedContainers(workload).flatMap(({ roleArn, tokenFile }) =>
    roleArn !== null && tokenFile?.replaceAll('\\', '/').includes(WEBHOOK_FOLDER) === true ? [roleArn] : [],
  );
  return [...new Set(given)];
}

/** Whether the old role still lets them in; null where that cannot be told. */
function stillWorks(old: string, { of }: RunningPods, facts: Facts): boolean | null {
  const { partition, account, roles } = facts.inventory;
  const role = facts.role(old);
  if (role === null) return roles.known && parseRoleArn(old)?.account === account ? false : null;
  const { url } = of.cluster;
  const verdict = facts.admits(role, {
    providerArn: providerArn(partition, account, url),
    issuer: `https://${url}`,
    audience: of.account.annotations[AUDIENCE_ANNOTATION] ?? DEFAULT_AUDIENCE,
    subject: `system:serviceaccount:${of.account.namespace}:${of.account.name}`,
  });
  return verdict === 'undecided' ? null : verdict === 'allowed';
}

function evaluate(running: RunningPods, facts: Facts): readonly Raised[] {
  const { of, workload } = running;
  const role = of.account.annotations[ROLE_ANNOTATION];
  if (role === undefined || of.associated) return [];
  const [old, ...others] = rolesGiven(workload).filter((one) => one !== role);
  if (old === undefined || isBeingReplaced(running, (one) => rolesGiven(one).every((given) => given === role))) return [];
  const works = stillWorks(old, running, facts);
  return [
    {
      message: 'stale',
      data: { pods: inWords(workload), old, role },
      ...(works === false ? {} : { severity: 'medium', ...(works === null ? { confidence: 'likely' } : {}), error: null }),
      evidence: [{ what: 'AWS_ROLE_ARN', path: null, found: others.length === 0 ? old : [old, ...others], expected: role }],
      related: [{ type: 'service-account', id: of.id, why: 'they run as it' }],
      issuer: of.cluster.url,
      fix: { summary: `${restartAdvice(workload)}: those that are made from now on get ${role}.`, commands: restartCommands(running) },
    } satisfies Raised,
  ];
}

/** Pods still have the role that their service account had when they were made. */
export const podEnvStale = defineRule<RunningPods>({
  id: 'pod-env-stale',
  cause: 'pod-env-stale',
  since: '0.1.0',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'cluster',
  needs: ['service-accounts', 'workloads', 'clusters'],
  uses: ['roles'],
  title: 'Pods have a role that their service account does not name any more',
  why: 'The webhook writes the role into pods while they are made. A changed annotation reaches those that are made later.',
  error: STS_NOT_AUTHORIZED,
  references: [
    'https://docs.aws.amazon.com/eks/latest/userguide/pod-configuration.html',
    'https://github.com/aws/amazon-eks-pod-identity-webhook',
  ],
  messages: { stale: 'Containers of {pods} have the role {old}; their service account names {role}.' },
  subjects: runningPods,
  evaluate,
});
