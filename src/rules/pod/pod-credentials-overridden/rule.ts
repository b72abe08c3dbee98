import { injectedContainers, inWords, runningPods, type RunningPods } from '../../../facts/pod/running-pods.js';
import type { ContainerIdentity } from '../../../model/inventory/workload.js';
import { defineRule, type Messages, type Raised } from '../../contract/define-rule.js';

const KEYS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'];
/** They may name credentials, and need not: what the file holds is not read. */
const FILES = ['AWS_PROFILE', 'AWS_SHARED_CREDENTIALS_FILE', 'AWS_CONFIG_FILE'];

const has = ({ variables }: ContainerIdentity, names: readonly string[]): readonly string[] =>
  names.filter((name) => variables.includes(name));

/** A profile beside a file that says what it is, and no file of keys: it may take its credentials from the role and go on. */
const isChaining = (containers: readonly ContainerIdentity[]): boolean =>
  containers.every(
    (one) => has(one, ['AWS_PROFILE', 'AWS_CONFIG_FILE']).length === 2 && has(one, ['AWS_SHARED_CREDENTIALS_FILE']).length === 0,
  );

const hasRole = ({ roleArn, tokenFile, credentialsUri }: ContainerIdentity): boolean =>
  (roleArn !== null && tokenFile !== null) || credentialsUri !== null;

const messages = {
  keys: ({ container, pods, variables }: { container: string; pods: string; variables: string }) =>
    `The container ${container} of ${pods} sets ${variables}, which SDKs take before the role of the service account.`,
  files: ({ container, pods, variables }: { container: string; pods: string; variables: string }) =>
    `The container ${container} of ${pods} sets ${variables}: what is named there may come before the role of the service account.`,
} satisfies Messages;

function evaluate({ of, workload }: RunningPods): readonly Raised[] {
  const own = injectedContainers(workload).filter(hasRole);
  const withKeys = own.filter((container) => has(container, KEYS).length === KEYS.length);
  const named = withKeys.length > 0 ? withKeys : own.filter((container) => has(container, FILES).length > 0);
  const [first] = named;
  if (first === undefined) return [];
  const wanted = withKeys.length > 0 ? KEYS : FILES;
  const variables = [...new Set(named.flatMap((container) => has(container, wanted)))];
  return [
    {
      message: messages[withKeys.length > 0 ? 'keys' : 'files']({
        container: first.name,
        pods: inWords(workload),
        variables: variables.join(' and '),
      }),
      // A profile in a file of one's own is how AWS documents to go on from the role of the pod to another: mostly it is meant.
      ...(withKeys.length > 0 ? {} : { severity: isChaining(named) ? 'info' : 'medium', confidence: 'possible' }),
      evidence: named.map((container) => ({
        what: `variables of the container ${container.name}`,
        path: null,
        found: has(container, wanted),
        expected: null,
      })),
      related: [{ type: 'service-account', id: of.id, why: 'its role is ignored' }],
      issuer: of.cluster.url,
      fix: { summary: `Take ${variables.join(' and ')} out of the manifest, if the role of the service account is meant.` },
    } satisfies Raised,
  ];
}

/** A container that has the role of its service account sets a source of credentials that SDKs look at first. */
export const podCredentialsOverridden = defineRule({
  id: 'pod-credentials-overridden',
  cause: 'pod-credentials-overridden',
  kind: 'break',
  severity: 'high',
  confidence: 'likely',
  scope: 'cluster',
  link: 'credentials of the pod',
  needs: ['service-accounts', 'workloads', 'clusters'],
  uses: ['pod-identity-associations', 'namespaces'],
  looksAt: ['roles'],
  title: 'Other credentials come first',
  why: 'SDKs take the first source of credentials that they find. Keys in the environment come before the token of the service account in all of them, credentials files in most.',
  references: ['https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html'],
  subjects: runningPods,
  evaluate,
});
