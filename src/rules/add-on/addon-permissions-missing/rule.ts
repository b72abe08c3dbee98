import { addonServiceAccounts, type AddonServiceAccounts } from '../../../facts/account/addon-accounts.js';
import { clusterIn } from '../../../facts/pod-identity/associations.js';
import { clusterInWords, type NamesOfClusters } from '../../../facts/pod-identity/cluster-in-words.js';
import type { Has, RoleHas, ShowsAssociations } from '../../../facts/account/facts.js';
import { isOfAws, OF_NODES, policyName } from '../../../facts/permissions/role-permissions.js';
import { mayBeAssociated } from '../../../facts/account/may-be-associated.js';
import { roleSubject } from '../../../facts/account/subjects.js';
import { ownPermissions } from '../../../model/contract/about.js';
import type { ClusterHas } from '../../../model/contract/has.js';
import { seen } from '../../../model/inventory/observed.js';
import { defineRule, type Messages, type Raised, type Unless } from '../../contract/define-rule.js';

interface Given {
  readonly cluster: ClusterHas;
  readonly addon: string;
  readonly role: RoleHas;
  readonly account: string;
  /** ARNs of the policies that EKS suggests. */
  readonly suggested: readonly string[];
  /** Why it may have another role, by an association. */
  readonly unless: Unless | null;
}

/** None of them is what an add-on wants, unless EKS suggests it. */
const UNRELATED: ReadonlySet<string> = new Set([...OF_NODES, 'AmazonEKSWorkerNodePolicy']);

function rolesOf(
  cluster: ClusterHas<ShowsAssociations>,
  { name, detail, namespace, wants }: AddonServiceAccounts,
  facts: Has<'roles'>,
): readonly Given[] {
  return wants.flatMap(({ serviceAccount, recommendedPolicyArns }) => {
    const association = seen(cluster.podIdentityAssociations).find(
      (one) => one.namespace === namespace && one.serviceAccount === serviceAccount,
    );
    const role = facts.role(association?.roleArn ?? (wants.length === 1 ? detail.serviceAccountRoleArn : null) ?? '');
    if (role === null || recommendedPolicyArns.length === 0) return [];
    const account = `${cluster.name}/${namespace}/${serviceAccount}`;
    const unless =
      association === undefined ? mayBeAssociated(cluster, { namespace, name: serviceAccount }, facts) : (association.unread ?? null);
    return [{ cluster, addon: name, role, account, suggested: recommendedPolicyArns, unless }];
  });
}

const messages = {
  missing: ({ addon, cluster, policies }: { addon: string; cluster: string; policies: string }) =>
    `The add-on ${addon} of cluster ${cluster} has this role, which has no policy of what the add-on needs, such as ${policies}.`,
} satisfies Messages;

function evaluate({ cluster, addon, role, account, suggested }: Given, facts: Has & NamesOfClusters): readonly Raised[] {
  const { attachedPolicyArns, inlinePolicies, permissionsUnread } = role.role;
  const wanted = new Set(suggested.map(policyName));
  // A policy of one's own may be as good, and so may one of AWS that is not known to be about something else.
  const isUnrelated = (arn: string): boolean => isOfAws(arn) && UNRELATED.has(policyName(arn)) && !wanted.has(policyName(arn));
  if (permissionsUnread !== undefined || inlinePolicies.length > 0 || !attachedPolicyArns.every(isUnrelated)) return [];
  const [first = ''] = suggested;
  const arn = first.replace(/^arn:[^:]*:/, `arn:${facts.inventory.partition}:`);
  return [
    {
      message: messages.missing({ addon, cluster: clusterInWords(cluster, facts), policies: suggested.map(policyName).join(' or ') }),
      evidence: [{ what: 'policies of the role', path: null, found: attachedPolicyArns, expected: arn }],
      related: [{ type: 'service-account', id: account, region: cluster.region, why: 'has this role' }],
      about: [ownPermissions],
      fix: {
        summary: `Attach ${arn}, which EKS suggests for the add-on, or a policy of your own with the same actions.`,
      },
    },
  ];
}

/** The role of an EKS add-on has nothing of what the add-on needs. */
export const addonPermissionsMissing = defineRule({
  id: 'addon-permissions-missing',
  cause: 'role-permissions-missing',
  kind: 'break',
  severity: 'medium',
  confidence: 'likely',
  scope: 'cluster',
  link: 'permissions',
  // It says which ones are missing: bad-by-association.json.
  absorbs: ['role-allows-nothing'],
  needs: ['roles', 'addons'],
  uses: ['pod-identity-associations'],
  looksAt: ['workloads'],
  title: 'Add-on role lacks permissions',
  why: 'The add-on gets its role, and AWS refuses what it does with it.',
  error: 'AccessDenied: User is not authorized to perform this action',
  references: ['EKS/add-ons-iam.html'],
  subjects: (facts, scope) => {
    const cluster = clusterIn(facts, scope);
    if (cluster === null) return [];
    return seen(cluster.addons).flatMap((one) => {
      const addon = addonServiceAccounts(one);
      return addon === null
        ? []
        : rolesOf(cluster, addon, facts).map((of) => ({ subject: roleSubject(of.role.role), of, unless: of.unless }));
    });
  },
  evaluate,
});
