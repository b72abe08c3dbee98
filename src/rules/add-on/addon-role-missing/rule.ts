import { isPermissionUnread } from '../../../facts/account/administrative.js';
import { addonServiceAccounts, type AddonServiceAccounts } from '../../../facts/account/addon-accounts.js';
import type { GivenBy, Has, IssuingHas } from '../../../facts/account/facts.js';
import { namedServiceAccounts } from '../../../facts/trust/named-accounts.js';
import { hasWebIdentity, workloadsByServiceAccount } from '../../../facts/pod/pods-of.js';
import { isForeignRole } from '../../../facts/account/role-arn.js';
import { policyName } from '../../../facts/permissions/role-permissions.js';
import { associationsByServiceAccount, serviceAccountKey } from '../../../facts/account/service-account-key.js';
import { clusterInWords, type NamesOfClusters } from '../../../facts/pod-identity/cluster-in-words.js';
import { isTerminating, serviceAccountAt, serviceAccountSubject } from '../../../facts/account/service-accounts.js';
import { stsVerdict } from '../../../facts/pod/sts-verdict.js';
import { clusterSubject, issuingClustersIn } from '../../../facts/account/subjects.js';
import { listed } from '../../../lib/list-in-words.js';
import { podsGiven } from '../../../model/contract/about.js';
import { AUDIENCE_ANNOTATION, DEFAULT_AUDIENCE, ROLE_ANNOTATION } from '../../../model/inventory/annotations.js';
import type { ClusterHas } from '../../../model/contract/has.js';
import type { AddonDetail, AddonPermissions, ServiceAccount } from '../../../model/inventory/inventory.js';
import type { Workload } from '../../../model/inventory/workload.js';
import { unanswered, seen } from '../../../model/inventory/observed.js';
import type { UnreadEntry } from '../../../model/contract/scope.js';
import { NO_CREDENTIALS } from '../../../model/report/sdk-errors.js';
import { defineRule, type Entry, type Messages, type Raised, type Unless } from '../../contract/define-rule.js';

/** A cluster, and all in it by which an add-on may be given a role or show that it needs none. */
type InstalledOn = IssuingHas<GivenBy | 'addons' | 'node-groups' | 'workloads' | 'namespaces'>;

interface Wanting {
  readonly cluster: InstalledOn;
  readonly addon: string;
  readonly namespace: string;
  readonly wants: readonly AddonPermissions[];
  /** null = add-ons were not read: its service account is there, by whatever way it came. */
  readonly detail: AddonDetail | null;
  /** The service account of an add-on that EKS gave a role, and whose annotation is gone; null where it gave none. */
  readonly bare: ServiceAccount | null;
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
    return addon === undefined ? [] : [{ cluster, addon, namespace, wants, detail: null, bare: null }];
  });
}

/**
 * The service account that EKS annotated with the role that it gave an add-on, and that has no annotation any more, nor an association.
 * Of several that one add-on has, some are on the role of the nodes by design.
 */
function bareAccountOf(cluster: InstalledOn, { namespace, wants: [wanted, other] }: AddonServiceAccounts): ServiceAccount | null {
  if (wanted === undefined || other !== undefined) return null;
  const key = serviceAccountKey(namespace, wanted.serviceAccount);
  const found = associationsByServiceAccount(cluster.cluster).has(key) ? null : serviceAccountAt(cluster, key);
  return found === null || (found.annotations[ROLE_ANNOTATION] ?? '') !== '' || isTerminating(cluster, namespace) ? null : found;
}

function wantingIn(cluster: InstalledOn): readonly Wanting[] {
  const { addons } = cluster.cluster;
  if (!addons.known) return byServiceAccounts(cluster);
  return addons.value.flatMap((one): readonly Wanting[] => {
    const addon = addonServiceAccounts(one);
    if (addon === null) return [];
    const { namespace, wants, detail, name } = addon;
    if (detail.serviceAccountRoleArn !== null) {
      const bare = bareAccountOf(cluster, addon);
      return bare === null ? [] : [{ cluster, addon: name, namespace, wants, detail, bare }];
    }
    return name === ON_THE_NODES ? [] : [{ cluster, addon: name, namespace, wants, detail, bare: null }];
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
  lost: ({ addon, cluster, account, role }: { addon: string; cluster: string; account: string; role: string }) =>
    `The add-on ${addon} of cluster ${cluster} was given the role ${role}, and its service account ${account} has no annotation ${ROLE_ANNOTATION} any more, which EKS writes.`,
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

/** Whether EKS, or its pods, say that it fails for want of credentials. */
const isFailing = (detail: AddonDetail | null, pods: readonly Workload[]): boolean =>
  (detail !== null && FAILING.includes(detail.status)) || pods.some(({ containers }) => containers.some(({ error }) => error !== null));

type Known = Has<'roles' | 'managed-policies' | 'providers'> & NamesOfClusters;

/** How bad it is that an add-on lost its annotation: pods that were made before have the role still, and nodes may have what it needs. */
function weightOfLost(
  { cluster, wants, detail }: Wanting,
  pods: readonly Workload[],
  facts: Known,
): Pick<Raised, 'severity' | 'confidence'> {
  const { workloads } = cluster.cluster;
  if (pods.length === 0 && workloads.known) return { severity: 'low', confidence: 'possible' };
  const confidence = pods.length === 0 && unanswered(workloads) !== null ? 'possible' : 'likely';
  const works = (pods.length > 0 && workloads.known && pods.every(hasWebIdentity)) || isOnTheNodes(cluster.cluster, wants, facts) === true;
  return { confidence, severity: works ? 'low' : isFailing(detail, pods) ? 'high' : 'medium' };
}

/** EKS writes the annotation again where it is told the role again: it restarts no pod for that. */
function lost(wanting: Wanting, account: ServiceAccount, facts: Known): readonly Raised[] {
  const { cluster, addon, namespace, detail } = wanting;
  const { region, name: clusterName } = cluster.cluster;
  const role = detail?.serviceAccountRoleArn ?? '';
  // That there is no such role is told of the add-on.
  if (facts.inventory.roles.known && facts.role(role) === null && !isForeignRole(role, facts.inventory.account)) return [];
  const key = serviceAccountKey(namespace, account.name);
  const pods = workloadsByServiceAccount(cluster.cluster).get(key) ?? [];
  const subject = `system:serviceaccount:${namespace}:${account.name}`;
  const { state } = stsVerdict({ role, url: cluster.url, subject }, account.annotations[AUDIENCE_ANNOTATION] ?? DEFAULT_AUDIENCE, facts);
  const owners = [...new Map(pods.map(({ owner }) => [`${owner.kind} ${owner.name}`, owner])).values()];
  const then = pods.length === 0 ? '' : `, and restart ${listed(owners.map(({ kind, name }) => `${kind} ${name}`))}`;
  return [
    {
      message: messages.lost({ addon, cluster: clusterInWords(cluster.cluster, facts), account: key, role }),
      ...weightOfLost(wanting, pods, facts),
      evidence: [
        { what: `annotation ${ROLE_ANNOTATION}`, path: null, found: account.annotations[ROLE_ANNOTATION] ?? null, expected: role },
      ],
      related: facts.role(role) === null ? [] : [{ type: 'role', id: role, why: 'was given to the add-on' }],
      issuer: cluster.url,
      about: [podsGiven(region, `${clusterName}/${key}`)],
      fix: {
        summary:
          state === 'refused'
            ? `First have the role allow ${subject}: it denies the add-on as it is. Then give it to the add-on again (aws eks update-addon with its service account role)${then}.`
            : `Give the add-on its role again, for EKS to write the annotation (aws eks update-addon --addon-name ${addon} --service-account-role-arn ${role} --resolve-conflicts PRESERVE)${then}.`,
      },
    } satisfies Raised,
  ];
}

function evaluate(wanting: Wanting, facts: Known): readonly Raised[] {
  const { cluster, addon, namespace, wants, detail, bare } = wanting;
  if (bare !== null) return lost(wanting, bare, facts);
  const { region, name: clusterName, serviceAccounts } = cluster.cluster;
  const onNodes = isOnTheNodes(cluster.cluster, wants, facts);
  const isBrought = cluster.detail.autoMode === true && addon === OF_AUTO_MODE;
  const [first] = wants;
  if (first === undefined || isBrought || onNodes === true || hasRole(cluster.cluster, wants)) return [];
  const keys = wants.map(({ serviceAccount }) => serviceAccountKey(namespace, serviceAccount));
  const pods = keys.flatMap((key) => workloadsByServiceAccount(cluster.cluster).get(key) ?? []);
  const fails = isFailing(detail, pods);
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
      ...(fails ? { severity: 'high' } : {}),
      ...(isSure || fails ? {} : { confidence: 'possible' }),
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
  looksAt: ['managed-policies', 'providers', 'namespaces'],
  title: 'Add-on without a role',
  why: 'EKS installs an add-on without a role as readily as with one. What it does in AWS then fails, unless the nodes happen to have the permissions: volumes that are never made, time-outs after twenty minutes.',
  error: NO_CREDENTIALS,
  references: ['EKS/add-ons-iam.html', 'https://docs.aws.amazon.com/eks/latest/APIReference/API_AddonPodIdentityConfiguration.html'],
  subjects: (facts, scope) => issuingClustersIn(facts, scope).flatMap(entriesIn),
  evaluate,
});
