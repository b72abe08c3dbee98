import { nearServiceAccounts } from '../../facts/service-account/near-account.js';
import { parseRoleArn } from '../../facts/account/role-arn.js';
import { listed } from '../../lib/list-in-words.js';
import { ROLE_ANNOTATION } from '../../model/inventory/annotations.js';
import type { Cluster, ServiceAccount } from '../../model/inventory/inventory.js';
import { seen } from '../../model/inventory/observed.js';
import { STS_INVALID_ARN } from '../../model/report/sts-errors.js';
import { broken, notRead, ok, waiting, type Found } from './chain-link.js';
import type { Followed } from './chain-way.js';

/** The role that the annotation names; empty where there is none. */
export const roleNamed = (serviceAccount: ServiceAccount | null): string => serviceAccount?.annotations[ROLE_ANNOTATION] ?? '';

/** The service accounts of a namespace that have a role. */
function withRole({ serviceAccounts, podIdentityAssociations }: Cluster, namespace: string): readonly string[] {
  const annotated = seen(serviceAccounts).flatMap((one) => (one.namespace === namespace && roleNamed(one) !== '' ? [one.name] : []));
  const associated = seen(podIdentityAssociations).flatMap((one) => (one.namespace === namespace ? [one.serviceAccount] : []));
  return [...new Set([...annotated, ...associated])].sort();
}

/** Whether it exists, with what is near where it does not. */
export function serviceAccountLink({ cluster, target }: Followed, serviceAccount: ServiceAccount | null): Found {
  const name = `${target.namespace}/${target.serviceAccount}`;
  if (serviceAccount !== null) return ok(`${name} exists.`);
  if (!cluster.serviceAccounts.known) return notRead('The service accounts of the cluster', cluster.serviceAccounts);
  const near = nearServiceAccounts(cluster, target.namespace, target.serviceAccount).map((one) => `${one.namespace}/${one.name}`);
  const others = withRole(cluster, target.namespace);
  const there =
    near.length > 0
      ? `there is ${near.join(' and ')}`
      : `in its namespace ${listed(others)} ${others.length === 1 ? 'has' : 'have'} a role`;
  return broken(
    `There is no service account ${name} in this cluster${near.length + others.length === 0 ? '' : `; ${there}`}.`,
    `error looking up service account ${name}: serviceaccount "${target.serviceAccount}" not found`,
  );
}

/** The service accounts of its namespace that have a role, for whoever meant one of them. */
function othersWithRole({ cluster, target }: Followed): string {
  const others = withRole(cluster, target.namespace);
  return others.length === 0
    ? ''
    : ` In its namespace ${listed(others)} ${others.length === 1 ? 'has one, for pods whose template names it' : 'have one, for pods whose template names one of them'} (serviceAccountName).`;
}

/** Nothing gives it a role, and that is no defect: most service accounts need none. */
function withoutRoleLink(followed: Followed): Found {
  const { podIdentityAssociations } = followed.cluster;
  const none = `It has no annotation ${ROLE_ANNOTATION}, and no Pod Identity association`;
  return podIdentityAssociations.known
    ? ok(`${none}: no role is set up for it.${othersWithRole(followed)}`)
    : notRead(`${none} that could be read`, podIdentityAssociations);
}

/** Which role its annotation names. */
export function annotationLink(followed: Followed, serviceAccount: ServiceAccount | null): Found {
  const { serviceAccounts } = followed.cluster;
  if (serviceAccount === null)
    return serviceAccounts.known ? waiting('It depends on the service account.') : notRead('The annotation', serviceAccounts);
  const value = roleNamed(serviceAccount);
  if (value === '') return withoutRoleLink(followed);
  return parseRoleArn(value) !== null || followed.facts.role(value) !== null
    ? ok(`${ROLE_ANNOTATION} names ${value}.`)
    : broken(`${ROLE_ANNOTATION} is ${JSON.stringify(value)}, which is no ARN of a role.`, STS_INVALID_ARN);
}
