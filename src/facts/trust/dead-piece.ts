import type { IssuerId } from '../../model/inventory/issuer-id.js';
import { memo } from '../../lib/memo.js';
import type { Inventory } from '../../model/inventory/inventory.js';
import { seen, unanswered } from '../../model/inventory/observed.js';
import { readAsStranger } from '../../policy/language/caller-conditions.js';
import { verdictOf } from '../../policy/language/evaluate.js';
import { ANY_AUDIENCE } from '../../policy/language/audience-kinds.js';
import { isBuiltIn, keysOfIssuer } from '../../policy/language/issuer-keys.js';
import type { TrustPolicy } from '../../policy/language/parse.js';
import { requestWith, type Token } from '../../policy/language/token.js';
import { isPositive } from '../statement/condition-semantics.js';
import { serviceAccountKey } from '../account/service-account-key.js';
import { audiencesAssumed, settledAudiences } from './audience-agreement.js';
import type { Facts, RoleFacts } from '../account/facts.js';
import { isKubernetesIssuer } from '../provider/kubernetes-issuer.js';
import { namedIn } from './named-accounts.js';
import { tokenBearers } from '../account/pods-by-hand.js';
import { tellsEveryUse } from '../account/role-usage.js';
import { addonsWith } from './roles-of-addons.js';
import { serviceAccountAt } from '../account/service-accounts.js';
import { cleanedSubject } from '../statement/service-account-subject.js';
import { admitsPods } from '../account/may-be-associated.js';
import { concerns, conditionsOn, valuesOf, type WebIdentityStatement } from '../statement/web-identity.js';

/** The policy with the conditions met that no configuration decides, such as those on the network: they are no defect of it. */
const asMet = memo(
  ({ policy }: RoleFacts, { inventory: { collectedAt } }: Facts): TrustPolicy =>
    readAsStranger(policy, { kind: 'web-identity', now: collectedAt, networkKeepsOut: false }).policy,
);

/** Whether a policy allows a token, which a provider of the account has to take first. */
function admits(policy: TrustPolicy, facts: Facts, token: Token): boolean {
  const request = requestWith(token, facts.inventory);
  if (isBuiltIn(token.url)) return verdictOf(policy, request) === 'allowed';
  const detail = facts.providerOf(token.url)?.detail;
  if (detail?.known !== true) return false;
  return verdictOf(policy, { ...request, clientIds: detail.value.clientIds }) === 'allowed';
}

/** For each of those who are known to have the role, or are named by it and are there: whether they are allowed. */
function fatesOfCallers(role: RoleFacts, facts: Facts): readonly boolean[] {
  const { arn } = role.role;
  const letsIn = (url: IssuerId, audience: string, subject: string): boolean =>
    admits(asMet(role, facts), facts, { url, audience, subject });
  // Each of the audiences that tokens may have, where that is not settled.
  const maybe = (url: IssuerId, subject: string): boolean =>
    audiencesAssumed(role, url, facts).every((audience) => letsIn(url, audience, subject));
  const carriers = role.users.map((user) => {
    const { url, subject } = user;
    const settled = settledAudiences(user, role, facts);
    return url !== null && (settled.length > 0 ? settled.every((audience) => letsIn(url, audience, subject)) : maybe(url, subject));
  });
  const byHand = tokenBearers(arn, facts).map(({ url, audience, subject }) => letsIn(url, audience, subject));
  // Of several service accounts of an add-on some are on the node's role by design.
  const addons = addonsWith(role, facts).map(({ cluster, subjects }) => subjects.some((subject) => maybe(cluster.url, subject)));
  const associated = [...role.associatedIn, ...role.targetedIn].map(() => admitsPods(role));
  const trusted = [...new Set(role.statements.flatMap(({ issuers }) => issuers))].flatMap((url) => facts.clusterOf(url) ?? []);
  const named = trusted.flatMap((cluster) =>
    namedIn(role.statements, cluster.url).flatMap(({ namespace, name, value }) => {
      const serviceAccount = serviceAccountAt(cluster, serviceAccountKey(namespace, name));
      if (serviceAccount === null) return [];
      const carrier = role.users.some((one) => one.serviceAccount === serviceAccount);
      return carrier ? [] : [maybe(cluster.url, value.value)];
    }),
  );
  return [...carriers, ...byHand, ...addons, ...associated, ...named];
}

/** Whether everything was read by which somebody may have a role: pods too, where they were asked for. */
const isEveryUseTold = memo(
  (inventory: Inventory): boolean =>
    tellsEveryUse(inventory) &&
    inventory.regions.every(({ clusters }) => seen(clusters).every(({ workloads }) => unanswered(workloads) === null)),
);

/** Whether everybody is allowed who is known to have the role, and everything was read by which somebody may have it. */
const servesEverybody = memo((role: RoleFacts, facts: Facts): boolean => {
  if (!isEveryUseTold(facts.inventory)) return false;
  const fates = fatesOfCallers(role, facts);
  return fates.length > 0 && fates.every(Boolean);
});

/** Somebody whom a value of a condition on the subject was meant to take. */
function sampleOf(value: string, url: IssuerId, facts: Facts): string {
  const cleaned = isKubernetesIssuer(url, facts) ? (cleanedSubject(value) ?? value) : value;
  return cleaned.replaceAll('*', 'anybody').replaceAll('?', 'x');
}

/** A piece of a trust policy that allows nobody. */
export interface DeadPiece {
  /** Index of its statement; null = it is of the policy as a whole. */
  readonly statement: number | null;
  /** It is a principal: beside it the statement may have others. */
  readonly isPrincipal: boolean;
  /** The issuers whose tokens it is for; left out, those of all principals of its statement. */
  readonly concerns?: readonly IssuerId[];
}

/** Whether whoever a statement is for is allowed by others, whoever that may be; by its own principals too, where one of them is the dead piece. */
function namesNobodyElse(
  statement: WebIdentityStatement,
  { isPrincipal, concerns: issuers = statement.issuers }: DeadPiece,
  role: RoleFacts,
  facts: Facts,
): boolean {
  const met = asMet(role, facts);
  const others = isPrincipal ? met : { ...met, statements: met.statements.filter(({ index }) => index !== statement.statement.index) };
  return issuers.every((url) => {
    const keys = keysOfIssuer(url);
    const valuesFor = (claim: string): readonly string[] =>
      valuesOf(conditionsOn(statement, claim).filter((one) => isPositive(one) && concerns(one, url)));
    const [values, audiences] = [valuesFor(keys.subject), valuesFor(keys.audience)];
    const detail = facts.providerOf(url)?.detail;
    if (values.length === 0 || (detail?.known !== true && !isBuiltIn(url))) return false;
    const listed = detail?.known === true ? detail.value.clientIds : [ANY_AUDIENCE];
    const tried = audiences.length > 0 ? audiences : listed;
    return values.every((value) =>
      tried.every((audience) => admits(others, facts, { url, audience, subject: sampleOf(value, url, facts) })),
    );
  });
}

/**
 * Whether a role does without a piece that allows nobody: everybody is allowed who is known to have the role, or whoever the piece
 * could be for is allowed by another statement or principal. Who runs on an issuer that has no cluster here, such as a pipeline,
 * nobody knows: then the second alone counts.
 */
export function doesWithout(role: RoleFacts, piece: DeadPiece, facts: Facts): boolean {
  if (!facts.inventory.providers.known) return false;
  const statement = role.statements.find((one) => one.statement.index === piece.statement);
  const issuers = piece.concerns ?? statement?.issuers ?? [];
  const isOfPipelines = issuers.some((url) => !isKubernetesIssuer(url, facts));
  if (!isOfPipelines && servesEverybody(role, facts)) return true;
  return statement !== undefined && issuers.length > 0 && namesNobodyElse(statement, piece, role, facts);
}
