import { namedServiceAccounts, namedIn, namesEverybody, type NamedByRole } from '../../../facts/trust/named-accounts.js';
import type { Carriers, Has, IssuingHas, RoleHas } from '../../../facts/account/facts.js';
import { nearServiceAccounts } from '../../../facts/service-account/near-account.js';
import { workloadsByServiceAccount } from '../../../facts/pod/pods-of.js';
import { serviceAccountKey } from '../../../facts/account/service-account-key.js';
import { clusterInWords, type NamesOfClusters } from '../../../facts/pod-identity/cluster-in-words.js';
import { serviceAccountAt, isTerminating, mayBeTerminating, serviceAccountSubject } from '../../../facts/account/service-accounts.js';
import { issuingClustersIn } from '../../../facts/account/subjects.js';
import { anyAddonsUnread, mayBeCarried } from '../../../facts/pod-identity/unread-carriers.js';
import { memo } from '../../../lib/memo.js';
import { unanswered } from '../../../model/inventory/observed.js';
import { setByHand } from '../../../model/contract/about.js';
import { isPassing } from '../../../model/inventory/cluster-status.js';
import { ROLE_ANNOTATION } from '../../../model/inventory/annotations.js';
import { defineRule, type Messages, type Raised } from '../../contract/define-rule.js';

/** Whether nobody at all can have the role: all that its trust policy speaks of are service accounts, and none is there. Each of them asks. */
const letsInNobody = memo((role: RoleHas<Carriers>, facts: Has<'roles' | Carriers>): boolean => {
  if (role.users.length > 0 || role.associatedIn.length > 0 || !namesEverybody(role, facts)) return false;
  return role.statements.every(({ issuers }) =>
    issuers.every((url) => {
      const cluster = facts.clusterOf(url);
      if (cluster?.cluster.serviceAccounts.known !== true) return false;
      return namedIn(role.statements, url).every(
        ({ namespace, name }) => serviceAccountAt(cluster, serviceAccountKey(namespace, name)) === null,
      );
    }),
  );
});

/** Whether a trust policy names more than one service account. */
const namesSeveral = memo(({ statements }: RoleHas): boolean => {
  const urls = new Set(statements.flatMap(({ issuers }) => issuers));
  return [...urls].flatMap((url) => namedIn(statements, url)).length > 1;
});

const hasNobody = ({ role }: NamedByRole<RoleHas<Carriers>>, facts: Has<'roles' | Carriers>): boolean => letsInNobody(role, facts);
const namesOthers = ({ role }: NamedByRole): boolean => namesSeveral(role);

/** What the controller of a workload records, which makes no pod. */
const notFound = (namespace: string, name: string): string =>
  `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`;

const messages = {
  missing: ({ cluster, namespace, name, roles, near }: { cluster: string; namespace: string; name: string; roles: string; near: string }) =>
    `Cluster ${cluster} has no service account ${namespace}:${name}, which is all that the trust policy of ${roles} allows${near}.`,
  several: ({ cluster, namespace, name, roles, near }: { cluster: string; namespace: string; name: string; roles: string; near: string }) =>
    `Cluster ${cluster} has no service account ${namespace}:${name}, which the trust policy of ${roles} allows; the others that it names are not there either${near}.`,
  beside: ({ cluster, namespace, name, roles }: { cluster: string; namespace: string; name: string; roles: string }) =>
    `Cluster ${cluster} has no service account ${namespace}:${name}, which the trust policy of ${roles} allows beside others that are there: whoever makes one of that name can assume the role.`,
} satisfies Messages;

interface Named {
  readonly cluster: IssuingHas<Carriers | 'namespaces'>;
  readonly namespace: string;
  readonly name: string;
  readonly by: readonly NamedByRole<RoleHas<Carriers>>[];
}

/** What there is to say of one who is not there while others whom the same policy names are: the door is open to whoever makes them. */
function ofSeveral({ cluster, namespace, name, by }: Named, facts: Has<'roles'> & NamesOfClusters): readonly Raised[] {
  const isThere = (one: { readonly namespace: string; readonly name: string }): boolean =>
    serviceAccountAt(cluster, serviceAccountKey(one.namespace, one.name)) !== null;
  const beside = by.filter(({ role }) => namedIn(role.statements, cluster.url).some(isThere));
  if (beside.length === 0) return [];
  return [
    {
      message: messages.beside({
        cluster: clusterInWords(cluster.cluster, facts),
        namespace,
        name,
        roles: beside.map(({ role }) => role.role.name).join(' and '),
      }),
      severity: 'info',
      evidence: beside.map(({ value }) => ({ what: 'subject in the trust policy', path: value.path, found: value.value, expected: null })),
      related: beside.map(({ role }) => ({ type: 'role', id: role.role.arn, why: 'allows it as soon as somebody makes it' })),
      issuer: cluster.url,
      // Another role may name it alone: then that is told.
      unless: mayBeTerminating(cluster, namespace) ?? unanswered(facts.inventory.roles),
      fix: { summary: 'Take it out of the trust policy, if nobody needs it any more.' },
    },
  ];
}

/** A trust policy names a service account that is not in the cluster, and nobody else can have the role. */
export const serviceAccountMissing = defineRule({
  id: 'service-account-missing',
  cause: 'sa-missing',
  kind: 'break',
  severity: 'medium',
  confidence: 'likely',
  scope: 'cluster',
  link: 'service account',
  subjectsAbsent: true,
  needs: ['roles', 'service-accounts', 'clusters'],
  uses: ['namespaces'],
  looksAt: ['workloads', 'pod-identity-associations', 'addons'],
  title: 'Trusted service account missing',
  why: 'Kubernetes makes no pod for a service account that is not there, and no other gets into a role that names this one alone. Mostly a chart named it otherwise, went to another namespace, or was told not to make it.',
  errorForm: notFound('{namespace}', '{name}'),
  references: ['EKS/associate-service-account-role.html', 'https://kubernetes.io/docs/concepts/security/service-accounts/'],
  subjects: (facts, scope) =>
    // What a cluster that comes or goes has not yet, or not any more, is no mistake.
    issuingClustersIn(facts, scope)
      .filter(({ detail }) => !isPassing(detail))
      .flatMap((cluster) =>
        [...namedServiceAccounts(cluster, facts).values()].flatMap((by) => {
          const [first] = by;
          if (first === undefined) return [];
          const { namespace, name } = first;
          // Most are there, and the proof of each repair asks again of everybody whom its role names.
          const settled = serviceAccountAt(cluster, serviceAccountKey(namespace, name)) !== null;
          return [{ subject: serviceAccountSubject(cluster, namespace, name), of: { cluster, namespace, name, by }, settled }];
        }),
      ),
  evaluate: ({ cluster, namespace, name, by }, facts) => {
    const alone = by.filter((one) => hasNobody(one, facts));
    const [first] = alone;
    const key = serviceAccountKey(namespace, name);
    if (serviceAccountAt(cluster, key) !== null || isTerminating(cluster, namespace)) return [];
    if (first === undefined) return ofSeveral({ cluster, namespace, name, by }, facts);
    const { region, name: clusterName } = cluster.cluster;
    const near = nearServiceAccounts(cluster.cluster, namespace, name);
    // Without it no new pod can be made: that none runs says nothing about whether one is wanted.
    const wanted =
      workloadsByServiceAccount(cluster.cluster).has(key) && alone.some(({ role }) => namedIn(role.statements, cluster.url).length === 1);
    const id = `${clusterName}/${key}`;
    return [
      {
        message: messages[alone.some(namesOthers) ? 'several' : 'missing']({
          cluster: clusterInWords(cluster.cluster, facts),
          namespace,
          name,
          roles: alone.map(({ role }) => role.role.name).join(' and '),
          near: near.length === 0 ? '' : `; there is ${near.map((one) => `${one.namespace}:${one.name}`).join(' and ')}`,
        }),
        error: notFound(namespace, name),
        ...(wanted ? { severity: 'high' } : {}),
        evidence: alone.map(({ value }) => ({ what: 'subject in the trust policy', path: value.path, found: value.value, expected: null })),
        related: alone.map((one) => ({
          type: 'role',
          id: one.role.role.arn,
          why: namesOthers(one) ? 'allows nobody who is there' : 'allows nobody else',
        })),
        issuer: cluster.url,
        about: alone.map(({ role }) => setByHand(role.role.arn)),
        unless: mayBeTerminating(cluster, namespace) ?? mayBeCarried(facts) ?? anyAddonsUnread(facts),
        fix: {
          summary: `Make the service account with the annotation of its role, in the chart or manifest that it belongs to${near.length === 0 ? '' : ', or name the one that is there in the trust policy'}; delete the role if nothing needs it any more.`,
          // Where one of a like name is there, only its owner knows which of the two is wrong.
          ...(alone.length === 1 && near.length === 0
            ? {
                patches: [
                  {
                    resource: id,
                    region,
                    kind: 'service-account',
                    before: null,
                    after: { annotations: { [ROLE_ANNOTATION]: first.role.role.arn } },
                  },
                ],
              }
            : {}),
        },
      } satisfies Raised,
    ];
  },
});
