import { issuerIdOfCluster, type IssuerId } from '../../model/inventory/issuer-id.js';
import { POD_IDENTITY_AGENT } from '../../model/inventory/eks-addons.js';
import { mayBeAssociated } from '../../facts/account/may-be-associated.js';
import { asksForSome, isOwnedBy, podsAsked } from '../../facts/pod/pods-named.js';
import { podSubject } from '../../facts/pod/running-pods.js';
import type { RoleGiver } from '../../facts/pod/role-by-hand.js';
import { serviceAccountsIn, type LiveServiceAccount } from '../../facts/account/service-accounts.js';
import { mayTake } from '../../facts/pod-identity/target-role.js';
import { hasByWebIdentity, webIdentityRefused } from '../../facts/pod/web-identity-of-pods.js';
import { settledAudiences } from '../../facts/trust/audience-agreement.js';
import { deriveFacts, type RoleFacts } from '../../facts/account/facts.js';
import { DEFAULT_AUDIENCE } from '../../model/inventory/annotations.js';
import { isPassing } from '../../model/inventory/cluster-status.js';
import type { Chain, ChainLink, ChainTarget, LinkState } from '../../model/report/chain.js';
import type { Cluster, Inventory, PodIdentityAssociation, ServiceAccount } from '../../model/inventory/inventory.js';
import { seen, type Unless } from '../../model/inventory/observed.js';
import { broken, notRead, ok, undecided, waiting, type Found } from './chain-link.js';
import { byHandLink, handOf, linksByHand, type Giver } from './chain-by-hand.js';
import type { AuditedBy } from './chain-permissions.js';
import { errorsWithoutRole } from './chain-fallback.js';
import { associationInjectionLink, injectionLink, type OlderPods, type ReadCluster } from './chain-pod.js';
import { annotationLink, roleNamed, serviceAccountLink } from './chain-service-account.js';
import { podIdentityTrustLink, targetTrustLink, trustLinks } from './chain-trust.js';
import { findingsOn, ownFirst, surenessOf, ownKey, withWhatIsTold, withWhatIsUnread, type ChainIds } from './chain-told.js';
import { isForeign, permissions, providerAudienceLink, providerLink, roleLink, type Followed } from './chain-way.js';
import { unreadIn } from '../run/coverage.js';
import { doorOf, requestWith } from '../../policy/language/token.js';

/** Whether it is being made, say, and EKS tells no issuer of it: it may get one. */
const mayGetIssuer = ({ detail }: Cluster): boolean => detail.known && detail.value.issuer === null && isPassing(detail.value);

function clusterLink({ detail, name }: Cluster, needsIssuer: boolean): Found {
  if (!detail.known) return notRead(`The cluster ${name}`, detail);
  if (detail.value.issuer === null && !needsIssuer) return ok(`${name} has no OIDC issuer, which only a role annotation needs.`);
  if (detail.value.issuer !== null) return ok(`${name} signs tokens as ${detail.value.issuer}.`);
  return isPassing(detail.value)
    ? undecided(`The cluster ${name} is ${detail.value.status}, and EKS tells no OIDC issuer of it.`)
    : broken(`The cluster ${name} has no OIDC issuer.`);
}

/** The pods of a cluster, and what becomes of those that name a role themselves. */
const readOf = (followed: Followed, giver: RoleGiver, url: IssuerId | null): ReadCluster => ({
  cluster: followed.cluster,
  readAt: followed.facts.inventory.collectedAt,
  byHand: (workload) => (url === null ? null : byHandLink(workload, giver, followed, url)),
  giver,
});

/** What provider and role say to its token: of several audiences that tokens have, to the one that is refused. */
function stsLinks(followed: Followed, url: IssuerId, role: RoleFacts | null): readonly ChainLink[] {
  const { facts, cluster, target } = followed;
  const subject = `system:serviceaccount:${target.namespace}:${target.serviceAccount}`;
  const user = facts.usersOf(cluster).find((one) => one.subject === subject);
  const settled = user === undefined ? [] : settledAudiences(user, role, facts);
  const linksFor = (audience: string): readonly ChainLink[] => [
    { link: 'audience of the provider', ...providerAudienceLink(followed, url, audience) },
    ...(role === null ? [] : trustLinks(role.policy, requestWith({ url, audience, subject }, facts.inventory))),
  ];
  const all = (settled.length > 0 ? settled : [DEFAULT_AUDIENCE]).map(linksFor);
  const links = all.find((some) => some.some(({ state }) => state === 'broken')) ?? all[0] ?? [];
  return user !== undefined && settled.length === 0 ? links.map(asUnsettled) : links;
}

/** Which audience tokens have in China is not settled: what refuses the default there is not certain to refuse them. */
const asUnsettled = (one: ChainLink): ChainLink =>
  one.state === 'broken' && (one.link === 'audience of the provider' || one.link === 'audience')
    ? { ...one, ...undecided(`${one.says} Whether that is the audience of its tokens is not known: nothing asks for one.`) }
    : one;

/** The way by web identity: annotation, role, injection, provider, trust, permissions. */
function irsaLinks(followed: Followed, serviceAccount: ServiceAccount | null): readonly ChainLink[] {
  const { facts, cluster, target } = followed;
  const arn = roleNamed(serviceAccount);
  if (arn !== '' && mayGetIssuer(cluster)) return [{ link: 'annotation', ...waiting('It depends on the issuer of the cluster.') }];
  const annotation = annotationLink(followed, serviceAccount);
  if (serviceAccount !== null && arn === '') return [{ link: 'annotation', ...annotation }];
  // Which audience it asks for, and whether it asks for a role at all, its annotations say.
  const isUnread = serviceAccount === null && !cluster.serviceAccounts.known;
  const role = facts.role(arn);
  const url = issuerIdOfCluster(cluster);
  const head: ChainLink[] = [
    { link: 'annotation', ...annotation },
    { link: 'role', ...roleLink(arn, followed, role) },
    {
      link: 'pod',
      ...(arn === ''
        ? waiting('What its pods should have is not known.')
        : injectionLink(readOf(followed, { annotated: arn }, url), target, arn)),
    },
  ];
  // STS looks for the provider in the account of the role.
  if (url === null || isUnread || isForeign(arn, followed)) return head;
  return [...head, { link: 'provider', ...providerLink(followed, url) }, ...stsLinks(followed, url, role), ...permissions(followed, role)];
}

/** Nothing of the way by the annotation is broken for certain where an association that was not read may give another. */
function unlessAssociated(links: readonly ChainLink[], { cluster }: Followed, mayBe: Unless | null): readonly ChainLink[] {
  if (mayBe === null) return links;
  const { says } = notRead('an association would come first', cluster.podIdentityAssociations);
  return links.map((one) => (one.state === 'broken' ? { ...one, ...undecided(`${one.says} But ${says}`) } : one));
}

function agentLink({ addons, podIdentityAgent, detail, nodeGroups }: Cluster): Found {
  const autoMode = detail.known && detail.value.autoMode === true;
  if (autoMode && seen(nodeGroups).length === 0) return ok('EKS Auto Mode brings the Pod Identity agent.');
  if (podIdentityAgent.known && podIdentityAgent.value !== null) {
    const { ready, desired } = podIdentityAgent.value;
    if (desired === 0) return undecided('The daemon set of the Pod Identity agent is there, and is to run on no node.');
    return ready === desired
      ? ok(`The Pod Identity agent is ready on ${ready} nodes.`)
      : undecided(`The Pod Identity agent is ready on ${ready} of ${desired} nodes.`);
  }
  if (seen(addons).some(({ name }) => name === POD_IDENTITY_AGENT)) return ok('The add-on eks-pod-identity-agent is installed.');
  if (autoMode) return undecided('EKS Auto Mode brings the Pod Identity agent to its own nodes, and those of its node groups have none.');
  if (podIdentityAgent.known && addons.known) return broken('The cluster has no Pod Identity agent.');
  return notRead('The Pod Identity agent', addons.known ? podIdentityAgent : addons);
}

/** The second role of an association, where it has one. */
function targetLinks(followed: Followed, association: PodIdentityAssociation): readonly ChainLink[] {
  const arn = association.targetRoleArn ?? null;
  if (arn === null) return [];
  const { facts, cluster } = followed;
  const [target, role] = [facts.role(arn), facts.role(association.roleArn ?? '')];
  const of = { cluster, association, account: facts.inventory.account };
  const may = role === null ? null : mayTake(role.role, of, arn, facts.inventory);
  const found = target === null ? roleLink(arn, followed, null) : targetTrustLink(target.policy, of, may);
  return [{ link: 'target role', ...found }];
}

/** What is known of pods of an associated service account that go by web identity; null where nothing is, as without an issuer. */
function olderPods({ facts, cluster, target }: Followed, arn: string): OlderPods | null {
  const scope = { kind: 'cluster', region: cluster.region, cluster: cluster.name } as const;
  const isAsked = ({ of: { serviceAccount } }: { readonly of: LiveServiceAccount }): boolean =>
    serviceAccount.namespace === target.namespace && serviceAccount.name === target.serviceAccount;
  const of = serviceAccountsIn(facts, scope).find(isAsked)?.of;
  if (of === undefined) return null;
  return {
    refused: (workload) => webIdentityRefused(workload, of, facts),
    isSame: (workload) => hasByWebIdentity(arn, workload, of, facts),
  };
}

function podIdentityLinks(followed: Followed, association: PodIdentityAssociation): readonly ChainLink[] {
  const { facts, cluster } = followed;
  const arn = association.roleArn;
  const head: ChainLink[] = [
    {
      link: 'association',
      ...(arn === null
        ? notRead('The role of the association', cluster.podIdentityAssociations)
        : ok(`A Pod Identity association gives it ${arn}.`)),
    },
  ];
  if (arn === null) return head;
  const role = facts.role(arn);
  return [
    ...head,
    { link: 'role', ...roleLink(arn, followed, role) },
    {
      link: 'pod',
      ...associationInjectionLink(
        readOf(followed, { annotated: null }, issuerIdOfCluster(cluster)),
        followed.target,
        olderPods(followed, arn),
      ),
    },
    { link: 'agent', ...agentLink(cluster) },
    ...(role === null
      ? []
      : [{ link: 'trust policy', ...podIdentityTrustLink(role.policy, { cluster, association, account: facts.inventory.account }) }]),
    ...targetLinks(followed, association),
    ...permissions(followed, association.targetRoleArn == null ? role : facts.role(association.targetRoleArn)),
  ];
}

/** After a link that does not hold, nothing is known of those that need it. */
function inOrder(links: readonly ChainLink[]): readonly ChainLink[] {
  const first = links.findIndex(({ state }) => state === 'broken');
  const hangs = (state: LinkState): boolean => state === 'not-read' || state === 'undecided';
  return links.map((one, index) => (first >= 0 && index > first && hangs(one.state) ? { ...one, state: 'waiting' } : one));
}

/** The pods that are asked about as findings name them: those of a service account, or of what owns one of them. */
function podIds(cluster: Cluster, target: ChainTarget): readonly string[] {
  return podsAsked(seen(cluster.workloads), target).map((one) => podSubject(cluster, one).id);
}

/** Whether all pods of what owns the one that is asked about are alike: what is told of them is told of it. */
function areAlike(cluster: Cluster, target: ChainTarget): boolean {
  if (target.pod === null) return true;
  const [first] = podsAsked(seen(cluster.workloads), target);
  const siblings = seen(cluster.workloads).filter(
    (one) =>
      first !== undefined &&
      one.namespace === target.namespace &&
      one.serviceAccount === target.serviceAccount &&
      isOwnedBy(one, first.owner),
  );
  return siblings.length === 1;
}

/**
 * Follows the way of one service account to its role, link by link, from what was read. Pure.
 * @param audit that of the same inventory
 */
export function chainOf(inventory: Inventory, audit: AuditedBy, cluster: Cluster, target: ChainTarget): Chain {
  const facts = deriveFacts(inventory);
  const followed: Followed = { facts, target, cluster, audit };
  const is = (one: { readonly namespace: string }): boolean => one.namespace === target.namespace;
  const serviceAccount = seen(cluster.serviceAccounts).find((one) => is(one) && one.name === target.serviceAccount) ?? null;
  const association = seen(cluster.podIdentityAssociations).find((one) => is(one) && one.serviceAccount === target.serviceAccount);
  const asked = serviceAccount ?? { namespace: target.namespace, name: target.serviceAccount };
  const mayBe = association === undefined ? mayBeAssociated(cluster, asked, facts) : null;
  const accountId = `${target.cluster}/${target.namespace}/${target.serviceAccount}`;
  const given = association?.roleArn ?? roleNamed(serviceAccount);
  const url = issuerIdOfCluster(cluster);
  const giver: Giver = association !== undefined ? { by: 'association' } : given === '' ? null : { by: 'annotation', role: given };
  const hand = serviceAccount !== null && url !== null ? handOf(followed, url, giver) : null;
  const isByAssociation = association !== undefined && hand === null;
  const arn = hand?.judged.container.roleArn ?? given;
  const provider = url === null || isByAssociation || arn === '' ? '' : doorOf(url, inventory).providerArn;
  const shared = [arn, (isByAssociation ? association.targetRoleArn : null) ?? '', provider, cluster.arn].filter((id) => id !== '');
  const pods = podIds(cluster, target).map((id) => ownKey({ type: 'pod', id }));
  const own = new Set([ownKey({ type: 'service-account', id: accountId }), ...pods]);
  const ids: ChainIds = {
    region: target.region,
    own,
    runAs: target.owner === undefined ? accountId : null,
    shared: new Set(shared),
    hasRole: serviceAccount !== null && given !== '',
    takesGiven: hand === null || giver === null,
    isOfSome: asksForSome(target),
    areAlike: areAlike(cluster, target),
    mayBeAssociated: mayBe !== null,
  };
  const findings = ownFirst(findingsOn(audit, ids), audit, ids);
  const found: readonly ChainLink[] = [
    { link: 'cluster', ...clusterLink(cluster, !isByAssociation && mayBe === null && arn !== '') },
    { link: 'service account', ...serviceAccountLink(followed, serviceAccount) },
    ...(hand !== null && url !== null
      ? linksByHand(followed, hand, giver, url)
      : association === undefined
        ? unlessAssociated(irsaLinks(followed, serviceAccount), followed, mayBe)
        : podIdentityLinks(followed, association)),
  ];
  const links = withWhatIsUnread(inOrder(withWhatIsTold(found, audit, findings, ids)), audit, target, ids);
  const first = links.findIndex(({ state }) => state === 'broken');
  const doubtful = links.findIndex(({ state }) => state !== 'ok');
  return {
    schemaVersion: 1,
    account: inventory.account,
    collectedAt: inventory.collectedAt,
    target,
    ...(hand === null ? {} : { roleOfPod: arn }),
    by: isByAssociation ? 'pod-identity' : arn === '' ? null : 'irsa',
    links,
    verdict: first >= 0 ? 'broken' : doubtful >= 0 ? 'open' : 'holds',
    confidence: first >= 0 ? surenessOf(audit, findings, target, ids) : 'certain',
    first: first >= 0 ? first : doubtful >= 0 ? doubtful : null,
    findings,
    withoutRole: errorsWithoutRole(cluster, target, links, arn === '' && association === undefined),
    unread: unreadIn(inventory, []),
  };
}
