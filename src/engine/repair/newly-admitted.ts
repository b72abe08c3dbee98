import { issuerIdIn, type IssuerId } from '../../model/inventory/issuer-id.js';
import { membersOf } from '../../lib/is-object.js';
import { partsOfServiceAccount } from '../../facts/account/service-account-key.js';
import { associatedNames } from '../../facts/pod-identity/associations.js';
import { rolesOfAddons } from '../../facts/trust/roles-of-addons.js';
import type { Facts, RoleFacts } from '../../facts/account/facts.js';
import { trustOf, type Trust } from '../../facts/account/role-facts.js';
import { isKubernetesIssuer } from '../../facts/provider/kubernetes-issuer.js';
import { subjectProblem } from '../../facts/statement/service-account-subject.js';
import { isNamedFor, subjectsNamedIn } from '../../facts/trust/named-accounts.js';
import { audiencesNamed } from '../../facts/provider/issuer-door.js';
import { isAskedByOneAlone } from '../../facts/trust/mistaken-audience.js';
import { isOfAnother } from '../../facts/provider/other-issuer.js';
import { conditionsOn, valuesOf, type WebIdentityStatement } from '../../facts/statement/web-identity.js';
import { DEFAULT_AUDIENCE } from '../../model/inventory/annotations.js';
import type { Grant, Patch } from '../../model/report/finding.js';
import { admitsSession, type Associated } from '../../facts/pod-identity/session-of-association.js';
import { admitsAssociatedRole } from '../../facts/pod-identity/target-role.js';
import type { Role } from '../../model/inventory/inventory.js';
import { ANY_AUDIENCE, audienceKinds } from '../../policy/language/audience-kinds.js';
import { globMatcher } from '../../policy/pattern/glob.js';
import { isBuiltIn, keysOfIssuer } from '../../policy/language/issuer-keys.js';
import { seen } from '../../model/inventory/observed.js';
import { isTokenKey, parseConditionKey } from '../../policy/language/condition-key.js';
import { parseOperator } from '../../policy/language/condition-operators.js';
import type { ConditionEntry, TrustPolicy } from '../../policy/language/parse.js';
import { ASSUME_ROLE, podIdentityAccess, TAG_SESSION } from '../../policy/actions/pod-identity.js';
import { Steps } from '../../policy/pattern/steps.js';
import { gainedBy, surerBy, type Gained } from '../../policy/subjects/subject-difference.js';
import { doorOf } from '../../policy/language/token.js';

/** The audiences that the provider of an issuer takes; null = unread, undefined = there is no such provider. */
type Providers = (url: IssuerId) => readonly string[] | null | undefined;

function providersOf(facts: Facts): Providers {
  return (url) => {
    const provider = facts.providerOf(url);
    // Of a list that was not read nobody knows that it lacks one.
    if (provider === null) return facts.inventory.providers.known ? undefined : null;
    return provider.detail.known ? provider.detail.value.clientIds : null;
  };
}

function providersAfter(before: Providers, patches: readonly Patch[]): Providers {
  const after = new Map<string, readonly string[]>();
  for (const { kind, resource, after: value } of patches) {
    const url = kind === 'provider' ? issuerIdIn(resource) : null;
    const ids = membersOf(value)['clientIds'];
    if (url !== null && Array.isArray(ids)) after.set(url, ids.map(String));
  }
  return (url) => after.get(url) ?? before(url);
}

/** A grant, and whether it says no more than the owner of the role has said. */
export interface NewlyAdmitted extends Grant {
  /** A statement of the trust policy as it is names the subject, or an association does. An annotation is a request, and names nobody. */
  readonly isNamed: boolean;
  /** Whether it is allowed then, configuration cannot tell. */
  readonly isUndecided: boolean;
  /** It is allowed by an association of EKS Pod Identity, for which no annotation asks. */
  readonly isAssociated?: true;
  /** It is allowed with this audience, for which one annotation alone speaks. */
  readonly askedAudience?: string;
  /** The issuer by whose tokens it is allowed; absent where it is none. */
  readonly url?: IssuerId;
}

/** Those of several whom no other says already: a stranger stands for everybody, a pattern for whoever matches it. */
function widestOf<G extends Gained>(gained: readonly G[]): readonly G[] {
  const patterns = new Map(gained.flatMap(({ subject, isPattern }) => (isPattern ? [[subject, globMatcher(subject)]] : [])));
  return gained.filter((one) => ![...patterns].some(([subject, matches]) => subject !== one.subject && matches(one.subject)));
}

const takenByPodIdentity = (policy: TrustPolicy): boolean =>
  podIdentityAccess(policy, ASSUME_ROLE) !== 'no' && podIdentityAccess(policy, TAG_SESSION) !== 'no';

/** Whether a role can be the one of an association, or its target, under a trust policy; what cannot be told counts as yes. */
export function serves(role: Role, policy: TrustPolicy, of: Associated): boolean {
  const takes = (action: string): boolean =>
    role.arn === of.association.targetRoleArn
      ? admitsAssociatedRole(policy, action, of).outcome !== 'no'
      : admitsSession(policy, action, of).outcome !== 'no';
  return takes(ASSUME_ROLE) && takes(TAG_SESSION);
}

/**
 * The service accounts whose Pod Identity association a role begins to serve. Who made the association had to be allowed
 * to pass the role: it is an authorization, not a request. A condition that its trust policy has already says otherwise.
 */
function associatedThen(
  { role, policy, associatedIn, targetedIn, administrative }: RoleFacts,
  after: TrustPolicy,
  account: string,
): readonly NewlyAdmitted[] {
  // A condition on the audience of a token names nobody.
  const isNaming = ({ key }: ConditionEntry): boolean => !isTokenKey(key) || parseConditionKey(key).claim?.toLowerCase() === 'sub';
  const isConditional = policy.statements.some(
    ({ principals, conditions }) => conditions.some(isNaming) && principals.some(({ kind }) => kind !== 'Federated'),
  );
  const names = new Set(
    policy.statements.flatMap(({ conditions }) => conditions.flatMap(({ values }) => values.map(({ value }) => value))),
  );
  return [...new Set([...associatedIn, ...targetedIn])].flatMap((cluster) =>
    seen(cluster.podIdentityAssociations)
      .filter(({ roleArn, targetRoleArn }) => roleArn === role.arn || targetRoleArn === role.arn)
      .filter((association) => {
        const of = { cluster, association, account };
        return serves(role, after, of) && !serves(role, policy, of);
      })
      .map(({ namespace, serviceAccount }) => {
        const subject = `system:serviceaccount:${namespace}:${serviceAccount}`;
        const isNamed = !isConditional || names.has(serviceAccount) || names.has(subject);
        return { subject, role: role.arn, administrative: administrative !== null, isNamed, isUndecided: false, isAssociated: true };
      }),
  );
}

/** The service account that a patch associates with a role that takes EKS Pod Identity. */
function associatedBy(
  { kind, region, resource, after }: Patch,
  trusts: ReadonlyMap<string, Trust>,
  facts: Facts,
): readonly NewlyAdmitted[] {
  const arn = kind === 'pod-identity-association' ? membersOf(after)['roleArn'] : undefined;
  const role = typeof arn === 'string' ? facts.role(arn) : null;
  if (role === null || !takenByPodIdentity((trusts.get(role.role.arn) ?? role).policy)) return [];
  const { cluster, namespace, name: serviceAccount } = partsOfServiceAccount(resource);
  const today = role.associatedIn.find((one) => one.region === region && one.name === cluster);
  const names = today === undefined ? undefined : associatedNames(today, role.role.arn).get(namespace);
  if (names?.has(serviceAccount) === true) return [];
  return [
    {
      subject: `system:serviceaccount:${namespace}:${serviceAccount}`,
      role: role.role.arn,
      administrative: role.administrative !== null,
      isNamed: false,
      isUndecided: false,
      isAssociated: true,
    },
  ];
}

/** Whether somebody who may say so has named a subject for a role: its trust policy, or whoever gave the role to an add-on. */
function isAuthorized(role: RoleFacts, subject: string, url: IssuerId, facts: Facts): boolean {
  if (isNamedFor(role, subject, url, facts)) return true;
  const cluster = facts.clusterOf(url);
  return cluster !== null && rolesOfAddons(cluster, facts).some((one) => one.role === role && one.subjects.includes(subject));
}

/** What is spent on telling whom a repair of one role allows; a role that names two hundred service accounts takes a tenth. */
const STEPS = 500_000;

const isTaken = (taken: ReturnType<Providers>, audience: string): boolean => taken === null || taken?.includes(audience) === true;

/** The issuers that a policy allows by OIDC providers, and by those that are built into AWS. */
function issuersIn(statements: readonly WebIdentityStatement[]): readonly IssuerId[] {
  const named = statements.flatMap(({ federated }) => federated);
  return [...new Set(named.flatMap(({ named: { kind }, url }) => (url !== null && (kind === 'oidc' || isBuiltIn(url)) ? [url] : [])))];
}

/** The audiences with which somebody may come: those that a policy speaks of, those of the provider, and those that the users of the role ask for. */
function audiencesBrought(
  url: IssuerId,
  role: RoleFacts,
  statements: readonly WebIdentityStatement[],
  taken: ReturnType<Providers>,
): readonly string[] {
  // A Deny that spares an audience allows it alone, be it none that an Allow names.
  const demanded = [
    ...statements.flatMap((one) => valuesOf(conditionsOn(one, keysOfIssuer(url).audience))),
    ...audiencesNamed(role, url).map(({ audience }) => audience),
  ];
  const asked = role.users.flatMap((user) => (user.url === url ? [user.audience] : []));
  return [...new Set([...demanded, ...(taken === null ? [ANY_AUDIENCE] : (taken ?? [])), ...asked, DEFAULT_AUDIENCE])];
}

/**
 * Whether no service account can be called as a subject that a policy allows, or match its pattern: `*` under StringEquals is a
 * character like any other. Whoever can never come is nobody who is allowed.
 */
function isNobody({ subject, isPattern }: Gained, { statements }: TrustPolicy): boolean {
  const isWithoutCase = statements.some(({ conditions }) =>
    conditions.some(
      ({ operator, values }) => parseOperator(operator)?.ignoreCase === true && values.some(({ value }) => value === subject),
    ),
  );
  return subjectProblem(isWithoutCase ? subject.toLowerCase() : subject, isPattern) !== null;
}

/** Who gets into a role by its new trust policy or by a provider's audiences, and is denied today: whoever is not denied then. */
function openedBy(
  role: RoleFacts,
  { policy, statements }: Trust,
  { before, after }: { readonly before: Providers; readonly after: Providers },
  facts: Facts,
): readonly NewlyAdmitted[] {
  const steps = new Steps(STEPS);
  const both = {
    ...policy,
    statements: [...policy.statements, ...role.policy.statements],
    variables: policy.variables || role.policy.variables,
  };
  const opened = issuersIn(statements).flatMap((url) => {
    const door = doorOf(url, facts.inventory);
    const { isMapped } = keysOfIssuer(url);
    const isOfPods = isKubernetesIssuer(url, facts);
    const gainedWith = (audience: string, clientIds?: readonly string[]): readonly Gained[] => {
      const then = { policy, door: { ...door, audience } };
      const now = { policy: role.policy, door: { ...door, audience, ...(clientIds === undefined ? {} : { clientIds }) } };
      // What its tokens claim may have denied somebody.
      const gained = [...gainedBy(then, now, steps), ...(isMapped ? surerBy(then, now, steps) : [])];
      return isOfPods ? gained.filter((one) => !isNobody(one, policy)) : gained;
    };
    const taken = isBuiltIn(url) ? null : after(url);
    const audiences = audiencesBrought(url, role, statements, taken);
    const fresh = audiences.filter((audience) => isTaken(taken, audience) && !isBuiltIn(url) && !isTaken(before(url), audience));
    const askedWith = (audience: string, gained: readonly Gained[]) => {
      const askedAudience = gained.length > 0 && isAskedByOneAlone(audience, role, url, facts) ? audience : undefined;
      return gained.map((one) => ({ ...one, url, askedAudience }));
    };
    return [
      // A provider that refuses the audience today may take it tomorrow: whom the policy then allows counts anyway.
      ...(policy === role.policy
        ? []
        : audienceKinds(both, url, [...audiences, ANY_AUDIENCE], steps).flatMap((audience) => askedWith(audience, gainedWith(audience)))),
      ...audienceKinds(both, url, fresh, steps).flatMap((audience) => askedWith(audience, gainedWith(audience, []))),
    ];
  });
  return widestOf(opened).map(({ subject, url, isUndecided, askedAudience }) => ({
    subject,
    role: role.role.arn,
    administrative: role.administrative !== null,
    isNamed: askedAudience === undefined && isAuthorized(role, subject, url, facts),
    isUndecided,
    url,
    ...(askedAudience === undefined ? {} : { askedAudience }),
  }));
}

/** Whom a new trust policy names who is allowed today only by a pattern, or by the lack of one: once written in, they stay. */
function writtenBy(role: RoleFacts, { statements }: Trust, facts: Facts): readonly NewlyAdmitted[] {
  const written = subjectsNamedIn(role.statements);
  // What is written for another issuer that is there is not written for this one.
  const isWritten = (subject: string, url: IssuerId): boolean =>
    written.some((one) => one.subject === subject && !isOfAnother(one.url, url, facts) && !isOfAnother(one.by ?? url, url, facts));
  return subjectsNamedIn(statements)
    .filter(({ subject, url }) => !isWritten(subject, url) && !isAuthorized(role, subject, url, facts))
    .map(({ subject, url }) => ({
      subject,
      role: role.role.arn,
      administrative: role.administrative !== null,
      isNamed: false,
      isUndecided: false,
      url,
    }));
}

/** Who gets into which role by a set of patches and does not today, or is named permanently. Sorted, without repetition. */
export function newlyAdmitted(patches: readonly Patch[], facts: Facts): readonly NewlyAdmitted[] {
  const before = providersOf(facts);
  const after = providersAfter(before, patches);
  const trusts = new Map(
    patches.flatMap((patch): [string, Trust][] => (patch.kind === 'trust-policy' ? [[patch.resource, trustOf(patch.after)]] : [])),
  );
  const touched = new Set(trusts.keys());
  for (const { kind, resource } of patches) {
    const url = kind === 'provider' ? issuerIdIn(resource) : null;
    if (url !== null) for (const { role } of facts.rolesTrusting(url)) touched.add(role.arn);
  }
  const found = new Map<string, NewlyAdmitted>();
  const note = (grants: readonly NewlyAdmitted[]): void => {
    for (const grant of grants) {
      const key = `${grant.role} ${grant.subject}`;
      const known = found.get(key);
      found.set(key, {
        ...grant,
        isNamed: grant.isNamed && known?.isNamed !== false,
        isUndecided: grant.isUndecided || known?.isUndecided === true,
        ...(known?.askedAudience === undefined ? {} : { askedAudience: known.askedAudience }),
      });
    }
  };
  for (const patch of patches) note(associatedBy(patch, trusts, facts));
  for (const arn of touched) {
    const role = facts.role(arn);
    if (role === null) continue;
    const trust = trusts.get(arn) ?? role;
    note(associatedThen(role, trust.policy, facts.inventory.account));
    note(openedBy(role, trust, { before, after }, facts));
    if (trusts.has(arn)) note(writtenBy(role, trust, facts));
  }
  return [...found.values()].sort((left, right) => (left.role + left.subject < right.role + right.subject ? -1 : 1));
}
