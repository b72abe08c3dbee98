import { isPermissionUnread } from '../../facts/administrative.js';
import { addonServiceAccounts } from '../../facts/addon-accounts.js';
import type { GivenBy, Has, IssuingHas } from '../../facts/facts.js';
import { namedServiceAccounts } from '../../facts/named-accounts.js';
import { workloadsByServiceAccount } from '../../facts/pods-of.js';
import { policyName } from '../../facts/role-permissions.js';
import { serviceAccountKey } from '../../facts/account-key.js';
import { clusterInWords, type NamesOfClusters } from '../../facts/cluster-in-words.js';
import { serviceAccountSubject } from '../../facts/service-accounts.js';
import { clusterSubject, issuingClustersIn } from '../../facts/subject-of.js';
import { listed } from '../../lib/list-in-words.js';
import { podsGiven } from '../../model/about.js';
import { ROLE_ANNOTATION } from '../../model/annotations.js';
import type { ClusterHas } from '../../model/has.js';
import type { AddonDetail, AddonPermissions } from '../../model/inventory.js';
import { unanswered, seen } from '../../model/observed.js';
import type { UnreadEntry } from '../../model/scope.js';
import { NO_CREDENTIALS } from '../../model/sdk-errors.js';
import { defineRule, type Entry, type Messages, type Raised, type Unless } from '../define-rule.js';

/** A cluster, and all in it by which an add-on may be given a role or show that it needs none. */
type InstalledOn = IssuingHas<GivenBy | 'addons' | 'node-groups' | 'workloads'>;

interface Wanting {
  readonly cluster: InstalledOn;
  readonly addon: string;
  readonly namespace: string;
  readonly wants: readonly AddonPermissions[];
  /** null = add-ons were not read: its service account is there, by whatever way it came. */
  readonly detail: AddonDetail | null;
}

/** It is on the role of the nodes by default, which has what it needs. */
const ON_THE_NODES = 'vpc-cni';

/** Auto Mode brings a driver of its own for EBS; other add-ons need their roles there too (EKS User Guide, "EKS Auto Mode"). */
const OF_AUTO_MODE = 'aws-ebs-csi-driver';

/** Service accounts that nothing but one driver has, for where add-ons were not read. */
const DRIVER_OF: ReadonlyMap<string, string> = new Map([
  ['ebs-csi-controller-sa', 'aws-ebs-csi-driver'],
  ['efs-csi-controller-sa', 'aws-efs-csi-driver'],
]);

/** Not UPDATE_FAILED: what was there goes on running. */
const FAILING = ['DEGRADED', 'CREATE_FAILED'];

function byServiceAccounts(cluster: InstalledOn): readonly Wanting[] {
  return seen(cluster.cluster.serviceAccounts).flatMap(({ namespace, name }) => {
    const addon = namespace === 'kube-system' ? DRIVER_OF.get(name) : undefined;
    const wants = [{ serviceAccount: name, recommendedPolicyArns: [] }];
    return addon === undefined ? [] : [{ cluster, addon, namespace, wants, detail: null }];
  });
}

function wantingIn(cluster: InstalledOn): readonly Wanting[] {
  const { addons } = cluster.cluster;
  if (!addons.known) return byServiceAccounts(cluster);
  return addons.value.flatMap((one) => {
    const addon = addonServiceAccounts(one);
    if (addon === null || addon.name === ON_THE_NODES || addon.detail.serviceAccountRoleArn !== null) return [];
    const { namespace, wants, detail } = addon;
    return [{ cluster, addon: addon.name, namespace, wants, detail }];
  });
}

/** Whether one of them has a role, by association or annotation, in whatever namespace. */
function hasRole({ serviceAccounts, podIdentityAssociations }: InstalledOn['cluster'], wants: readonly AddonPermissions[]): boolean {
  const names = new Set(wants.map(({ serviceAccount }) => serviceAccount));
  return (
    seen(podIdentityAssociations).some(({ serviceAccount }) => names.has(serviceAccount)) ||
    seen(serviceAccounts).some(({ name, annotations }) => names.has(name) && annotations[ROLE_ANNOTATION] !== undefined)
  );
}

/** Whether nodes have what the add-on wants; null where that is not known of all of them. */
function isOnTheNodes(
  { nodeGroups }: ClusterHas<'node-groups'>,
  wants: readonly AddonPermissions[],
  facts: Has<'roles' | 'managed-policies'>,
): boolean | null {
  const wanted = new Set(wants.flatMap(({ recommendedPolicyArns }) => recommendedPolicyArns.map(policyName)));
  const roles = seen(nodeGroups).map(({ roleArn }) => (roleArn.known ? facts.role(roleArn.value) : null));
  if (roles.some((role) => role?.role.attachedPolicyArns.some((arn) => wanted.has(policyName(arn))) === true)) return true;
  if (roles.some((role) => role !== null && role.administrative !== null)) return true;
  // Nodes outside of managed groups are not seen, and a policy of one's own may be the same.
  const isPlain = roles.every((role) => role !== null && role.role.inlinePolicies.length === 0);
  return nodeGroups.known && roles.length > 0 && isPlain ? false : null;
}

const messages = {
  missing: ({ addon, cluster, account, status }: { addon: string; cluster: string; account: string; status: string }) =>
    `The add-on ${addon} of cluster ${cluster} needs permissions and has no role for ${account}${status}.`,
  driver: ({ account, cluster, addon }: { account: string; cluster: string; addon: string }) =>
    `The service account ${account} of cluster ${cluster} is that of ${addon}, which needs permissions, and has no role.`,
} satisfies Messages;

/** Why something that was not read may give it a role, or show that it needs none. */
function doubtOf({ addons, serviceAccounts, nodeGroups }: InstalledOn['cluster'], facts: Has<'roles' | 'managed-policies'>): Unless | null {
  const { inventory } = facts;
  const groups = seen(nodeGroups).map(({ roleArn }) => roleArn);
  const roles = groups.flatMap((arn) => (arn.known ? [facts.role(arn.value)] : []));
  const isUnread = roles.some((one) => one !== null && isPermissionUnread(one.role, inventory));
  return (
    [addons, serviceAccounts, nodeGroups, ...groups].map(unanswered).find((one) => one !== null) ??
    (groups.length > 0 && roles.includes(null) ? unanswered(inventory.roles) : null) ??
    (isUnread ? unanswered(inventory.managedPolicies) : null)
  );
}

function evaluate(
  { cluster, addon, namespace, wants, detail }: Wanting,
  facts: Has<'roles' | 'managed-policies'> & NamesOfClusters,
): readonly Raised[] {
  const { region, name: clusterName, serviceAccounts } = cluster.cluster;
  const onNodes = isOnTheNodes(cluster.cluster, wants, facts);
  const isBrought = cluster.detail.autoMode === true && addon === OF_AUTO_MODE;
  const [first] = wants;
  if (first === undefined || isBrought || onNodes === true || hasRole(cluster.cluster, wants)) return [];
  const keys = wants.map(({ serviceAccount }) => serviceAccountKey(namespace, serviceAccount));
  const pods = keys.flatMap((key) => workloadsByServiceAccount(cluster.cluster).get(key) ?? []);
  const isFailing =
    (detail !== null && FAILING.includes(detail.status)) || pods.some(({ containers }) => containers.some(({ error }) => error !== null));
  // EKS changes the service account, and restarts no pod for it.
  const then = pods.length === 0 ? '' : `, and restart ${listed([...new Set(pods.map(({ owner }) => `${owner.kind} ${owner.name}`))])}`;
  const named = keys.flatMap((key) => namedServiceAccounts(cluster, facts).get(key) ?? []);
  const [role] = named;
  const isSure = detail !== null && serviceAccounts.known && onNodes === false;
  return [
    {
      message: messages[detail === null ? 'driver' : 'missing']({
        addon,
        cluster: clusterInWords(cluster.cluster, facts),
        account: keys[0] ?? '',
        status: detail === null || detail.status === 'ACTIVE' ? '' : `, and is ${detail.status}`,
      }),
      ...(isFailing ? { severity: 'high' } : {}),
      ...(isSure || isFailing ? {} : { confidence: 'possible' }),
      evidence: [
        {
          what: detail === null ? 'service account' : 'role of the add-on',
          path: null,
          found: detail === null ? (keys[0] ?? null) : null,
          expected:
            first.recommendedPolicyArns.length === 0 ? null : `a role with ${first.recommendedPolicyArns.map(policyName).join(' and ')}`,
        },
      ],
      issuer: cluster.url,
      about: [podsGiven(region, `${clusterName}/${keys[0] ?? ''}`)],
      unless: doubtOf(cluster.cluster, facts),
      fix: {
        summary:
          named.length === 1 && role !== undefined
            ? `Give the add-on the role ${role.role.role.arn}, which is for its service account${then}.`
            : `Make a role for ${keys.join(' and ')}, and give it to the add-on, by Pod Identity association or as its service account role${then}.`,
      },
    } satisfies Raised,
  ];
}

function entriesIn(cluster: InstalledOn): readonly Entry<Wanting>[] {
  const { addons, serviceAccounts } = cluster.cluster;
  if (!addons.known && !serviceAccounts.known) return [{ subject: clusterSubject(cluster.cluster), unread: { reason: addons.reason } }];
  const unread = seen(addons).flatMap(({ detail, wants }): UnreadEntry[] => {
    const why = unanswered(detail) ?? unanswered(wants);
    return why === null ? [] : [{ subject: clusterSubject(cluster.cluster), unread: { reason: why.reason } }];
  });
  const wanting = wantingIn(cluster).map((of) => ({
    subject: serviceAccountSubject(cluster, of.namespace, of.wants[0]?.serviceAccount ?? ''),
    of,
  }));
  return [...wanting, ...unread.slice(0, 1)];
}

/** An EKS add-on that needs permissions has no role to get them from. */
export const addonRoleMissing = defineRule({
  id: 'addon-role-missing',
  cause: 'sa-annotation-missing',
  kind: 'break',
  severity: 'medium',
  confidence: 'likely',
  scope: 'cluster',
  link: 'annotation',
  // Give the add-on its role, and EKS annotates the service account: bad-a-role-is-ready.
  absorbs: ['annotation-missing'],
  needs: ['clusters', 'pod-identity-associations'],
  uses: ['roles', 'service-accounts', 'addons', 'node-groups', 'workloads'],
  looksAt: ['managed-policies'],
  title: 'Add-on without a role',
  why: 'EKS installs an add-on without a role as readily as with one. What it does in AWS then fails, unless the nodes happen to have the permissions: volumes that are never made, time-outs after twenty minutes.',
  error: NO_CREDENTIALS,
  references: [
    'https://docs.aws.amazon.com/eks/latest/userguide/add-ons-iam.html',
    'https://docs.aws.amazon.com/eks/latest/APIReference/API_AddonPodIdentityConfiguration.html',
  ],
  subjects: (facts, scope) => issuingClustersIn(facts, scope).flatMap(entriesIn),
  evaluate,
});
