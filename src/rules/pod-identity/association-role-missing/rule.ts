import { associationSubject, clusterIn, unreadAssociations } from '../../../facts/pod-identity/associations.js';
import { clusterInWords, type NamesOfClusters } from '../../../facts/pod-identity/cluster-in-words.js';
import type { Has } from '../../../facts/account/facts.js';
import { parseRoleArn } from '../../../facts/account/role-arn.js';
import { nearRole } from '../../../facts/account/near-role.js';
import type { ClusterHas } from '../../../model/contract/has.js';
import type { PodIdentityAssociation } from '../../../model/inventory/inventory.js';
import { seen } from '../../../model/inventory/observed.js';
import { EKS_AUTH_DENIED } from '../../../model/report/pod-identity-errors.js';
import { defineRule, type Entry, type Messages, type Raised } from '../../contract/define-rule.js';

interface Associated {
  readonly cluster: ClusterHas;
  readonly association: PodIdentityAssociation;
  readonly arn: string;
}

/** Its role, and the target role where that is of this account: others were not read. */
function rolesOf({ roleArn, targetRoleArn }: PodIdentityAssociation, { inventory }: Has): readonly string[] {
  return [...new Set([roleArn, targetRoleArn])]
    .filter((arn) => arn != null)
    .filter((arn) => parseRoleArn(arn)?.account === inventory.account);
}

const messages = {
  missing: ({ account, cluster, arn }: { account: string; cluster: string; arn: string }) =>
    `The association of ${account} in cluster ${cluster} gives ${arn}, and the account has no such role.`,
  near: ({ account, cluster, arn, near }: { account: string; cluster: string; arn: string; near: string }) =>
    `The association of ${account} in cluster ${cluster} gives ${arn}, and the account has no such role; it has ${near}.`,
} satisfies Messages;

function evaluate({ cluster, association, arn }: Associated, facts: Has<'roles'> & NamesOfClusters): readonly Raised[] {
  // The need is met by a list that broke off too: then "is not there" cannot be said.
  if (!facts.inventory.roles.known || facts.role(arn) !== null) return [];
  const near = nearRole(parseRoleArn(arn)?.name ?? '', facts)?.role.arn ?? null;
  const given = { cluster: clusterInWords(cluster, facts), account: `${association.namespace}/${association.serviceAccount}`, arn };
  return [
    {
      message: near === null ? messages.missing(given) : messages.near({ ...given, near }),
      evidence: [{ what: 'role of the association', path: null, found: arn, expected: near }],
      fix: {
        summary:
          near === null ? 'Create the role, or give the association another.' : `Give the association the role ${near}, if that was meant.`,
      },
    },
  ];
}

/** A Pod Identity association gives a role that does not exist: deleted since, for EKS checks it when the association is made. */
export const associationRoleMissing = defineRule({
  id: 'association-role-missing',
  cause: 'podid-role-missing',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'cluster',
  link: 'association',
  needs: ['roles', 'pod-identity-associations'],
  title: 'Associated role does not exist',
  why: 'A role that is deleted leaves its associations behind: pods made from then on get no credentials, running ones until theirs expire.',
  error: EKS_AUTH_DENIED,
  references: ['EKS/pod-id-association.html'],
  subjects: (facts, scope) => {
    const cluster = clusterIn(facts, scope);
    if (cluster === null) return [];
    const entries = seen(cluster.podIdentityAssociations).flatMap((association) =>
      rolesOf(association, facts).map((arn): Entry<Associated> => ({
        subject: associationSubject(cluster, association),
        of: { cluster, association, arn },
      })),
    );
    return [...entries, ...unreadAssociations(cluster)];
  },
  evaluate,
});
