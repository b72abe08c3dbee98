import type { Facts, IssuingCluster, RoleFacts, RoleUser } from '../../facts/account/facts.js';
import { groupBy } from '../../lib/group-by.js';
import { namedServiceAccounts, namedIn } from '../../facts/trust/named-accounts.js';
import { tokenBearers } from '../../facts/account/pods-by-hand.js';
import { mistakenAudience } from '../../facts/trust/mistaken-audience.js';
import { serviceAccountKey, partsOfServiceAccount } from '../../facts/account/service-account-key.js';
import { serviceAccountAt, serviceAccountsOnAnnotations } from '../../facts/account/service-accounts.js';
import type { WebIdentityStatement } from '../../facts/statement/web-identity.js';
import { memo } from '../../lib/memo.js';
import { AUDIENCE_ANNOTATION, ROLE_ANNOTATION } from '../../model/inventory/annotations.js';
import type { Patch } from '../../model/report/finding.js';
import { annotationsIn } from './commands.js';
import type { Cluster, PodIdentityAssociation, ServiceAccount } from '../../model/inventory/inventory.js';
import { seen } from '../../model/inventory/observed.js';

/** The service accounts of a slice by cluster and `namespace/name`; null = named, and not there. */
export type Kept = ReadonlyMap<Cluster, ReadonlyMap<string, ServiceAccount | null>>;

interface PatchedServiceAccount {
  readonly cluster: IssuingCluster;
  readonly key: string;
  readonly roles: readonly RoleFacts[];
}

/** The role that a service account uses, if the account has it. */
export function roleCarriedBy(serviceAccount: unknown, facts: Facts): readonly RoleFacts[] {
  const arn = annotationsIn(serviceAccount)[ROLE_ANNOTATION];
  const role = typeof arn === 'string' ? facts.role(arn) : null;
  return role === null ? [] : [role];
}

function patchedServiceAccounts(patches: readonly Patch[], facts: Facts): PatchedServiceAccount[] {
  return patches.flatMap(({ kind, region, resource, before, after }): PatchedServiceAccount[] => {
    const { cluster: clusterName, namespace, name } = partsOfServiceAccount(resource);
    const isInside = kind === 'service-account' || kind === 'pod-identity-association';
    const cluster = isInside ? facts.clusterNamed(region ?? '', clusterName) : null;
    if (cluster === null) return [];
    const key = serviceAccountKey(namespace, name);
    const naming = (namedServiceAccounts(cluster, facts).get(key) ?? []).map(({ role }) => role);
    const carried = [before, after].flatMap((value) => roleCarriedBy(value, facts));
    const given = [before, after].flatMap((value) => facts.role((value as { readonly roleArn?: string } | null)?.roleArn ?? '') ?? []);
    return [{ cluster, key, roles: [...carried, ...given, ...naming] }];
  });
}

/** The roles that a patched service account has, before or after, and those whose trust policies name it. */
export function rolesOfServiceAccounts(patches: readonly Patch[], facts: Facts): readonly RoleFacts[] {
  return patchedServiceAccounts(patches, facts).flatMap(({ roles }) => roles);
}

/** A service account of a slice, and where it belongs. */
interface Placed {
  readonly cluster: Cluster;
  readonly key: string;
  readonly serviceAccount: ServiceAccount | null;
}

const placeOf = ({ cluster, serviceAccount: serviceAccount }: RoleUser<Cluster>): Placed => ({
  cluster,
  key: serviceAccountKey(serviceAccount.namespace, serviceAccount.name),
  serviceAccount,
});

/** The service accounts that statements name character by character, of clusters that are there. */
function namedBy(statements: readonly WebIdentityStatement[], facts: Facts): { cluster: IssuingCluster; key: string }[] {
  const urls = [...new Set(statements.flatMap(({ issuers }) => issuers))];
  return urls.flatMap((url) => {
    const cluster = facts.clusterOf(url);
    if (cluster === null) return [];
    return namedIn(statements, url).map(({ namespace, name }) => ({ cluster, key: serviceAccountKey(namespace, name) }));
  });
}

/** The service accounts whose pods name a role in their variables, be it by the webhook or by hand. */
function broughtBy({ role }: RoleFacts, facts: Facts): { cluster: IssuingCluster; key: string }[] {
  return tokenBearers(role.arn, facts).flatMap(({ url, subject }) => {
    const cluster = facts.clusterOf(url);
    const [namespace = '', name = ''] = subject.split(':').slice(2);
    return cluster === null ? [] : [{ cluster, key: serviceAccountKey(namespace, name) }];
  });
}

/**
 * The service accounts without which roles would look otherwise than in the whole account: those that use them or whose pods name
 * them, those that their trust policies name, before and after, and those patched.
 */
export function serviceAccountsAround(
  roles: readonly RoleFacts[],
  written: readonly WebIdentityStatement[],
  patches: readonly Patch[],
  facts: Facts,
): Kept {
  const lookedUp = (cluster: IssuingCluster, key: string): Placed => ({
    cluster: cluster.cluster,
    key,
    serviceAccount: serviceAccountAt(cluster, key),
  });
  const placed = [
    ...roles.flatMap(({ users }) => users.map(placeOf)),
    ...roles.flatMap((role) => broughtBy(role, facts)).map(({ cluster, key }) => lookedUp(cluster, key)),
    ...[...roles.map(({ statements }) => statements), written].flatMap((statements) =>
      namedBy(statements, facts).map(({ cluster, key }) => lookedUp(cluster, key)),
    ),
    ...patchedServiceAccounts(patches, facts).map(({ cluster, key }) => lookedUp(cluster, key)),
  ];
  const byCluster = groupBy(placed, ({ cluster }) => cluster);
  return new Map([...byCluster].map(([cluster, own]) => [cluster, new Map(own.map(({ key, serviceAccount }) => [key, serviceAccount]))]));
}

interface AssociationIndex {
  readonly byRole: ReadonlyMap<string, readonly PodIdentityAssociation[]>;
  readonly byTarget: ReadonlyMap<string, readonly PodIdentityAssociation[]>;
  readonly byServiceAccount: ReadonlyMap<string, readonly PodIdentityAssociation[]>;
  readonly place: ReadonlyMap<PodIdentityAssociation, number>;
}

const associationIndex = memo((cluster: Cluster): AssociationIndex => {
  const all = seen(cluster.podIdentityAssociations);
  return {
    byRole: groupBy(all, ({ roleArn }) => roleArn ?? ''),
    byTarget: groupBy(all, ({ targetRoleArn }) => targetRoleArn ?? ''),
    byServiceAccount: groupBy(all, ({ namespace, serviceAccount }) => serviceAccountKey(namespace, serviceAccount)),
    place: new Map(all.map((association, place) => [association, place])),
  };
});

/**
 * The associations of a cluster that have to do with some roles or service accounts, in their order. They are looked up: a
 * cluster has thousands, and every proof asks.
 */
export function associationsAround(
  cluster: Cluster,
  arns: ReadonlySet<string>,
  serviceAccounts: Iterable<string>,
): readonly PodIdentityAssociation[] {
  const { byRole, byTarget, byServiceAccount, place } = associationIndex(cluster);
  const found = new Set([
    ...[...arns].flatMap((arn) => [...(byRole.get(arn) ?? []), ...(byTarget.get(arn) ?? [])]),
    ...[...serviceAccounts].flatMap((key) => byServiceAccount.get(key) ?? []),
  ]);
  return [...found].sort((left, right) => (place.get(left) ?? 0) - (place.get(right) ?? 0));
}

/** Of those that use a role and ask for one audience at most two of each kind: of two one is not patched. */
interface Asking {
  /** Those whose annotation is to blame where nobody knows the audience: it is told of them, and not of the provider. */
  readonly mistaken: readonly RoleUser[];
  readonly others: readonly RoleUser[];
}

const byAudience = memo((cluster: Cluster, facts: Facts): readonly Asking[] => {
  const told = new Set(
    serviceAccountsOnAnnotations(facts, { kind: 'cluster', region: cluster.region, cluster: cluster.name }).map(
      ({ subject }) => subject.id,
    ),
  );
  const isMistaken = ({ serviceAccount, url, id }: RoleUser): boolean =>
    url !== null && told.has(id) && mistakenAudience(serviceAccount, url, facts) !== null;
  return [...groupBy(facts.usersOf(cluster), ({ audience }) => audience).values()].map((users): Asking => ({
    mistaken: users.filter(isMistaken).slice(0, 2),
    others: users.filter((user) => !isMistaken(user)).slice(0, 2),
  }));
});

/** A role of no account: whoever uses it counts as a user of the cluster, and nothing else can be said of them. */
const NOBODYS_ROLE = 'arn:aws:iam::000000000000:role/none';

/**
 * For the service accounts of a cluster that a slice leaves out, one for each audience that they ask for: whether anybody asks
 * for it decides whether the provider lacks it.
 */
export function standIns(cluster: Cluster, kept: Kept, facts: Facts): readonly ServiceAccount[] {
  const isLeftOut = ({ serviceAccount: { namespace, name } }: RoleUser): boolean =>
    kept.get(cluster)?.has(serviceAccountKey(namespace, name)) !== true;
  return byAudience(cluster, facts)
    .flatMap(({ mistaken, others }) => (mistaken.some(isLeftOut) ? [] : others.filter(isLeftOut)))
    .map(({ serviceAccount, audience }) => ({
      namespace: serviceAccount.namespace,
      name: serviceAccount.name,
      annotations: { [ROLE_ANNOTATION]: NOBODYS_ROLE, [AUDIENCE_ANNOTATION]: audience },
    }));
}
