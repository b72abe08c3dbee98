import { issuerIdIn, type IssuerId } from '../../model/inventory/issuer-id.js';
import { serviceAccountKey, associationsByServiceAccount, partsOfServiceAccount } from '../../facts/account/service-account-key.js';
import { isPermissionUnread } from '../../facts/account/administrative.js';
import { isPositive } from '../../facts/statement/condition-semantics.js';
import type { Facts, RoleFacts } from '../../facts/account/facts.js';
import { eksIssuer, regionOfIssuer } from '../../facts/issuer/issuer.js';
import { issuerMeantBy } from '../../facts/trust/switch-provider-edits.js';
import {
  addonsUnread,
  anyCarriersUnread,
  areAssociationsUnread,
  carriersUnread,
  clustersUnread,
} from '../../facts/pod-identity/unread-carriers.js';
import { concerns, conditionsOn, valuesOf, type WebIdentityStatement } from '../../facts/statement/web-identity.js';
import { AUDIENCE_ANNOTATION, DEFAULT_AUDIENCE, ROLE_ANNOTATION } from '../../model/inventory/annotations.js';
import type { Patch } from '../../model/report/finding.js';
import type { Json } from '../../model/inventory/inventory.js';
import { seen, unanswered } from '../../model/inventory/observed.js';
import { SERVICE_ACCOUNT_PREFIX } from '../../policy/language/claims.js';
import { requestWith, type Token } from '../../policy/language/token.js';
import { trustOf } from '../../facts/account/role-facts.js';
import { annotationsIn } from './commands.js';

const statementsOf = (document: Json): readonly WebIdentityStatement[] => trustOf(document).statements;
const issuersOf = (statements: readonly WebIdentityStatement[]): readonly IssuerId[] => statements.flatMap(({ issuers }) => issuers);

/** Whether it is not known which audiences the provider of an issuer takes. */
const isProviderUnread = (url: IssuerId, facts: Facts): boolean =>
  !facts.inventory.providers.known || facts.providerOf(url)?.detail.known === false;

/** The audiences that statements require of tokens of an issuer. */
export function audiencesDemanded(statements: readonly WebIdentityStatement[], url: IssuerId): readonly string[] {
  return statements.flatMap((statement) => valuesOf(conditionsOn(statement, 'aud').filter((one) => concerns(one, url) && isPositive(one))));
}

/** Whether it is not known which role goes on to another by an association, of which this is one, or whether it may. */
function areChainsUnread({ role: { arn }, associatedIn, targetedIn }: RoleFacts, facts: Facts): boolean {
  const { inventory } = facts;
  return [...associatedIn, ...targetedIn].some((cluster) =>
    seen(cluster.podIdentityAssociations).some(({ roleArn, targetRoleArn }) => {
      if (targetRoleArn == null || (roleArn !== arn && targetRoleArn !== arn)) return false;
      const from = facts.role(roleArn ?? '');
      return from === null ? !inventory.roles.known : isPermissionUnread(from.role, inventory);
    }),
  );
}

/** Whether the cluster of an issuer of EKS may be there and is not seen: those of its region were asked for and not all read. */
function mayHaveUnseenCluster(url: IssuerId, facts: Facts): boolean {
  if (eksIssuer(url) === null || facts.clusterOf(url) !== null) return false;
  const { regions, regionList } = facts.inventory;
  return unanswered(regionOfIssuer(url, regions)?.clusters ?? regionList) !== null;
}

/** Whether some statement may have to go, or to name another issuer, by what was not read: the patch would be another one then. */
function mayMeanOthers(role: RoleFacts, facts: Facts): boolean {
  const { statements } = role;
  if (areAssociationsUnread(facts) || areChainsUnread(role, facts)) return true;
  const named = statements.flatMap(({ federated }) => federated.map(({ url }) => url));
  const isOfNobody = named.some(
    (url) => url === null || facts.providerOf(url) === null || (eksIssuer(url) !== null && facts.clusterOf(url) === null),
  );
  // Who uses it says whom a statement is for that is nobody's, else the clusters do.
  const isMeantUnread =
    anyCarriersUnread(facts) !== null ||
    (role.users.length === 0 && clustersUnread(facts) !== null) ||
    // Whether a statement is nobody's is said of every region, and a fix may bring it to light.
    unanswered(facts.inventory.regionList) !== null;
  if (isOfNobody && isMeantUnread) return true;
  if (named.some((url) => url !== null && mayHaveUnseenCluster(url, facts))) return true;
  // What it may do is told of a role for pods, and weighs in who is named by a statement that is nobody's.
  if ((isOfNobody || statements.length === 0) && isPermissionUnread(role.role, facts.inventory)) return true;
  const { providers, partition } = facts.inventory;
  if (providers.known) return false;
  const isOfOtherPartition = statements.some(({ federated }) =>
    federated.some(({ named }) => named.kind === 'oidc' && named.partition !== partition),
  );
  return (
    isOfOtherPartition ||
    statements.length > 1 ||
    issuersOf(statements).some((url) => ![null, url].includes(issuerMeantBy(url, role, facts)))
  );
}

/** A trust policy: who brings tokens to it, and what of an issuer or audience that it did not name before. */
function trustRests({ resource, before, after }: Patch, facts: Facts): boolean {
  const role = facts.role(resource);
  if (role !== null && mayMeanOthers(role, facts)) return true;
  const statements = { before: role?.statements ?? statementsOf(before), after: statementsOf(after) };
  const urls = [...new Set([...issuersOf(statements.before), ...issuersOf(statements.after)])];
  const isBeside = issuersOf(statements.before).every((url) => issuersOf(statements.after).includes(url));
  return urls.some((url) => {
    const cluster = facts.clusterOf(url)?.cluster;
    const demanded = new Set(audiencesDemanded(statements.before, url));
    const isNew = !issuersOf(statements.before).includes(url);
    const isOther = isNew || audiencesDemanded(statements.after, url).some((audience) => !demanded.has(audience));
    return (
      carriersUnread(url, facts) !== null ||
      (cluster !== undefined && addonsUnread(cluster) !== null) ||
      (isOther && isProviderUnread(url, facts)) ||
      // A statement more: whom it is for may have another role by an association.
      (isNew && isBeside && cluster?.podIdentityAssociations.known === false)
    );
  });
}

/** A provider: whose tokens it takes, and which roles it opens to them; one that nobody is seen to have may be carried elsewhere. */
function providerRests({ resource }: Patch, facts: Facts): boolean {
  const url = issuerIdIn(resource);
  if (url === null) return true;
  const isUnseen = ({ usage }: RoleFacts): boolean => usage !== 'used';
  return (
    !facts.inventory.roles.known ||
    carriersUnread(url, facts) !== null ||
    (anyCarriersUnread(facts) !== null && facts.rolesTrusting(url).some(isUnseen))
  );
}

const isAdmitted = (role: RoleFacts, token: Token, facts: Facts): boolean =>
  facts.admits(role, requestWith(token, facts.inventory)) === 'allowed';

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** A service account: which role it has then, and whether the provider takes an audience that nobody of its cluster asked for. */
function serviceAccountRests({ resource, region, after }: Patch, facts: Facts): boolean {
  const { cluster: name, namespace, name: account } = partsOfServiceAccount(resource);
  const cluster = facts.clusterNamed(region ?? '', name);
  if (cluster === null || !facts.inventory.roles.known) return true;
  const association = associationsByServiceAccount(cluster.cluster).get(serviceAccountKey(namespace, account));
  if (association !== undefined && association.roleArn === null) return true;
  const annotations = annotationsIn(after);
  const audience = textOf(annotations[AUDIENCE_ANNOTATION]) ?? DEFAULT_AUDIENCE;
  const role = facts.role(textOf(annotations[ROLE_ANNOTATION]) ?? '');
  if (role !== null && role.usage !== 'used' && isPermissionUnread(role.role, facts.inventory)) return true;
  const isKept =
    role === null ||
    (isAdmitted(role, { url: cluster.url, audience, subject: `${SERVICE_ACCOUNT_PREFIX}${namespace}:${account}` }, facts) &&
      // What is wrong of its other statements matters once somebody uses it.
      (role.usage === 'used' || issuersOf(role.statements).every((url) => url === cluster.url)));
  if (!facts.inventory.providers.known && !isKept) return true;
  const users = facts.usersOf(cluster.cluster);
  const isFirst = users.length > 0 ? users.every((user) => user.audience !== audience) : facts.rolesTrusting(cluster.url).length === 0;
  return (isFirst || audience !== DEFAULT_AUDIENCE) && isProviderUnread(cluster.url, facts);
}

/**
 * Whether patches rest on what was asked for and not read: nobody can tell then whom they deny, or allow, or what comes to
 * light behind the defect that they repair.
 */
export function restsOnUnread(patches: readonly Patch[], facts: Facts): boolean {
  return patches.some((patch) => {
    switch (patch.kind) {
      case 'trust-policy':
        return trustRests(patch, facts);
      case 'provider':
        return providerRests(patch, facts);
      case 'service-account':
        return serviceAccountRests(patch, facts);
      case 'pod-identity-association':
        return false;
    }
  });
}
