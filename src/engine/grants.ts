import { partsOfAccount } from '../facts/account-key.js';
import { associatedNames } from '../facts/associations.js';
import { rolesOfAddons } from '../facts/roles-of-addons.js';
import type { Facts, RoleFacts } from '../facts/facts.js';
import { isNamedFor, subjectsNamedIn } from '../facts/named-accounts.js';
import { conditionsOn, readCondition, webIdentityStatements } from '../facts/web-identity.js';
import type { Grant, Patch } from '../model/finding.js';
import { admitsSession } from '../facts/session-of-association.js';
import { admitsAssociatedRole } from '../facts/target-role.js';
import type { Cluster, Json, PodIdentityAssociation, Role } from '../model/inventory.js';
import { strangerTo } from '../policy/clause-witness.js';
import { evaluateParsed, type TrustVerdict } from '../policy/evaluate.js';
import { urlOfProviderArn, providerArn } from '../policy/federated.js';
import { globMatcher, parseGlob } from '../policy/glob.js';
import { whatArrived } from '../model/observed.js';
import { parseTrustPolicy, type TrustPolicy } from '../policy/parse.js';
import { ASSUME_ROLE, podIdentityAccess, TAG_SESSION } from '../policy/pod-identity.js';
import { subjectPattern } from '../policy/subject-pattern.js';

interface Candidate {
  readonly url: string;
  readonly subject: string;
  /** A concrete subject that the pattern admits. */
  readonly example: string;
  readonly audience: string;
}

const isObject = (value: Json): value is Record<string, Json> => typeof value === 'object' && value !== null && !Array.isArray(value);

const lettersOf = new WeakMap<TrustPolicy, string>();

/** The characters that the values of a policy's conditions are made of, each once. */
function lettersIn(policy: TrustPolicy): string {
  const known = lettersOf.get(policy);
  if (known !== undefined) return known;
  const values = policy.statements.flatMap(({ conditions }) => conditions.flatMap((entry) => entry.values.map(({ value }) => value)));
  const letters = [...new Set(values.join(''))].join('');
  lettersOf.set(policy, letters);
  return letters;
}

/** A name that neither policy mentions: chosen against them, so that none can make an exception for it. */
function strangeNameTo(policies: readonly TrustPolicy[]): string {
  const letters = policies.map(lettersIn).join('');
  return strangerTo([subjectPattern(parseGlob(letters), true, '')]).repeat(16);
}

const exampleOf = (pattern: string, wildcards: boolean, strange: string): string =>
  wildcards
    ? parseGlob(pattern)
        .map((part) => (part.kind === 'literal' ? part.char : part.kind === 'one' ? strange.slice(0, 1) : strange))
        .join('')
    : pattern;

/** The audiences that the provider of an issuer takes; null = unread, undefined = there is no such provider. */
type Providers = (url: string) => readonly string[] | null | undefined;

/** Everybody whom a policy speaks of: its subjects, a stranger where it names none, and the service accounts that carry the role. */
function candidates(policy: TrustPolicy, role: RoleFacts, providers: Providers): Candidate[] {
  const strange = strangeNameTo([policy, role.policy]);
  // Those of whom a Deny speaks: whoever takes it away lets them in.
  const excepted = [policy, role.policy].flatMap(({ statements }) =>
    statements
      .filter(({ effect }) => effect === 'Deny')
      .flatMap(({ conditions }) => conditions.map((entry) => readCondition(entry, [])).filter(({ claim }) => claim === 'sub')),
  );
  const named = webIdentityStatements(policy).flatMap((statement): Candidate[] => {
    const urls = statement.federated.flatMap(({ named: federated, url }) => (federated.kind === 'oidc' && url !== null ? [url] : []));
    const audiences = conditionsOn(statement, 'aud').flatMap(({ entry }) => entry.values.map(({ value }) => value));
    const spokenOf = [...conditionsOn(statement, 'sub'), ...excepted].flatMap(({ entry, operator }) =>
      entry.values.map(({ value }) => ({ subject: value, example: exampleOf(value, operator?.wildcards === true, strange) })),
    );
    const subjects = [...new Map(spokenOf.map((one) => [`${one.subject} ${one.example}`, one])).values()];
    const anybody = { subject: '*', example: `system:serviceaccount:${strange}:${strange}` };
    return urls.flatMap((url) =>
      [...new Set([...audiences, ...(providers(url) ?? []), 'sts.amazonaws.com'])].flatMap((audience) =>
        [...subjects, anybody].map((one) => ({ url, audience, ...one })),
      ),
    );
  });
  const carriers = role.users.flatMap(({ subject, url, audience }): Candidate[] =>
    url === null ? [] : [{ url, subject, example: subject, audience }],
  );
  return [...named, ...carriers];
}

/** Whether a policy admits a candidate through the providers there are. A provider that was not read is taken to accept the audience. */
function admission(
  policy: TrustPolicy,
  providers: Providers,
  account: { partition: string; id: string },
  { url, example, audience }: Candidate,
): TrustVerdict['verdict'] {
  const arn = providerArn(account.partition, account.id, url);
  const audiences = providers(url);
  if (audiences === undefined || audiences?.includes(audience) === false) return 'denied';
  return evaluateParsed(policy, { providerArn: arn, issuer: `https://${url}`, audience, subject: example }).verdict;
}

function providersOf(facts: Facts): Providers {
  return (url) => {
    const provider = facts.providerOf(url);
    return provider === null ? undefined : provider.detail.known ? provider.detail.value.clientIds : null;
  };
}

function providersAfter(before: Providers, patches: readonly Patch[]): Providers {
  const after = new Map<string, readonly string[]>();
  for (const { kind, resource, after: value } of patches) {
    const url = kind === 'provider' ? urlOfProviderArn(resource) : null;
    const ids = typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, Json>)['clientIds'] : null;
    if (url !== null && Array.isArray(ids)) after.set(url, ids.map(String));
  }
  return (url) => after.get(url) ?? before(url);
}

/** A grant, and whether it says no more than the owner of the role has said. */
export interface NewlyAdmitted extends Grant {
  /** A statement of the trust policy as it stands names the subject, or an association does. An annotation is a request, and names nobody. */
  readonly isNamed: boolean;
  /** Whether it gets in then, configuration cannot tell. */
  readonly isUndecided: boolean;
}

/** Those of several whom no other says already: a stranger stands for everybody, a pattern for whoever matches it. */
function widestOf<C extends Candidate>(opened: readonly C[]): readonly C[] {
  const patterns = opened
    .filter(({ subject, example }) => subject !== example)
    .map(({ subject }) => ({ subject, matches: subject === '*' ? () => true : globMatcher(subject) }));
  return opened.filter((one) => !patterns.some(({ subject, matches }) => subject !== one.subject && matches(one.subject)));
}

const takenByPodIdentity = (policy: TrustPolicy): boolean =>
  podIdentityAccess(policy, ASSUME_ROLE) !== 'no' && podIdentityAccess(policy, TAG_SESSION) !== 'no';

/** Whether a role can be the one of an association, or its target, under a trust policy; what cannot be told counts as yes. */
function serves(role: Role, policy: TrustPolicy, cluster: Cluster, association: PodIdentityAssociation, account: string): boolean {
  const takes = (action: string): boolean =>
    role.arn === association.targetRoleArn
      ? admitsAssociatedRole(policy, action, association, account).outcome !== 'no'
      : admitsSession(policy, action, cluster, association, account).outcome !== 'no';
  return takes(ASSUME_ROLE) && takes(TAG_SESSION);
}

/**
 * The service accounts whose Pod Identity association a role begins to serve. Who made the association had to be allowed
 * to pass the role: it is an authorisation, not a request. A condition that its trust policy has already says otherwise.
 */
function associatedThen(
  { role, policy, associatedIn, targetedIn, administrative }: RoleFacts,
  after: TrustPolicy,
  account: string,
): readonly NewlyAdmitted[] {
  const isConditional = policy.statements.some(
    ({ principals, conditions }) => conditions.length > 0 && principals.some(({ kind }) => kind !== 'Federated'),
  );
  const text = JSON.stringify(role.trustPolicy);
  return [...new Set([...associatedIn, ...targetedIn])].flatMap((cluster) =>
    whatArrived(cluster.podIdentityAssociations)
      .filter(({ roleArn, targetRoleArn }) => roleArn === role.arn || targetRoleArn === role.arn)
      .filter((one) => serves(role, after, cluster, one, account) && !serves(role, policy, cluster, one, account))
      .map(({ namespace, serviceAccount }) => ({
        subject: `system:serviceaccount:${namespace}:${serviceAccount}`,
        role: role.arn,
        administrative: administrative !== null,
        isNamed: !isConditional || text.includes(JSON.stringify(serviceAccount)),
        isUndecided: false,
      })),
  );
}

/** The service account that a patch associates with a role that takes EKS Pod Identity. */
function associatedBy(
  { kind, region, resource, after }: Patch,
  policies: ReadonlyMap<string, TrustPolicy>,
  facts: Facts,
): readonly NewlyAdmitted[] {
  const arn = kind === 'pod-identity-association' && isObject(after) ? after['roleArn'] : undefined;
  const role = typeof arn === 'string' ? facts.role(arn) : null;
  if (role === null || !takenByPodIdentity(policies.get(role.role.arn) ?? role.policy)) return [];
  const { cluster, namespace, name: serviceAccount } = partsOfAccount(resource);
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
    },
  ];
}

/** Whether somebody who may say so has named a subject for a role: its trust policy, or whoever gave the role to an add-on. */
function isAuthorized(role: RoleFacts, subject: string, url: string, facts: Facts): boolean {
  if (isNamedFor(role, subject, url, facts)) return true;
  const cluster = facts.clusterOf(url);
  return cluster !== null && rolesOfAddons(cluster, facts).some((one) => one.role === role && one.subjects.includes(subject));
}

/** A policy that speaks of more, each with every audience, is not looked through: whom its repair lets in stays undecided. */
const MOST_ASKED = 600;

/** Who gets into a role by its new trust policy or by a provider's audiences, and is denied today: whoever is not denied then. */
function openedBy(role: RoleFacts, policy: TrustPolicy, before: Providers, after: Providers, facts: Facts): readonly NewlyAdmitted[] {
  const account = { partition: facts.inventory.partition, id: facts.inventory.account };
  const asPatched = (one: Candidate) => [admission(role.policy, before, account, one), admission(policy, after, account, one)] as const;
  // A provider that refuses the audience today may take it tomorrow: whom the policy then lets in counts all the same.
  const byPolicyAlone = (one: Candidate) =>
    [admission(role.policy, () => null, account, one), admission(policy, () => null, account, one)] as const;
  const asked = candidates(policy, role, after);
  if (asked.length > MOST_ASKED)
    return [{ subject: '*', role: role.role.arn, administrative: role.administrative !== null, isNamed: false, isUndecided: true }];
  const opened = asked.flatMap((one) => {
    const opening = [asPatched(one), byPolicyAlone(one)].filter(([now, then]) => now === 'denied' && then !== 'denied');
    return opening.length === 0 ? [] : [{ ...one, isUndecided: opening.some(([, then]) => then === 'undecided') }];
  });
  return widestOf(opened).map(({ subject, url, isUndecided }) => ({
    subject,
    role: role.role.arn,
    administrative: role.administrative !== null,
    isNamed: isAuthorized(role, subject, url, facts),
    isUndecided,
  }));
}

/** Whom a new trust policy names who is let in today only by a pattern, or by the lack of one: once written in, they stay. */
function writtenBy(role: RoleFacts, policy: TrustPolicy, facts: Facts): readonly NewlyAdmitted[] {
  const written = new Set(subjectsNamedIn(role.statements).map(({ subject }) => subject));
  return subjectsNamedIn(webIdentityStatements(policy))
    .filter(({ subject, url }) => !written.has(subject) && !isAuthorized(role, subject, url, facts))
    .map(({ subject }) => ({
      subject,
      role: role.role.arn,
      administrative: role.administrative !== null,
      isNamed: false,
      isUndecided: false,
    }));
}

/** Who gets into which role by a set of patches and does not today, or is named for good. Sorted, without repetition. */
export function newlyAdmitted(patches: readonly Patch[], facts: Facts): readonly NewlyAdmitted[] {
  const before = providersOf(facts);
  const after = providersAfter(before, patches);
  const policies = new Map(
    patches.flatMap((patch): [string, TrustPolicy][] =>
      patch.kind === 'trust-policy' ? [[patch.resource, parseTrustPolicy(patch.after)]] : [],
    ),
  );
  const touched = new Set(policies.keys());
  for (const { kind, resource } of patches) {
    const url = kind === 'provider' ? urlOfProviderArn(resource) : null;
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
      });
    }
  };
  for (const patch of patches) note(associatedBy(patch, policies, facts));
  for (const arn of touched) {
    const role = facts.role(arn);
    if (role === null) continue;
    const policy = policies.get(arn) ?? role.policy;
    note(associatedThen(role, policy, facts.inventory.account));
    note(openedBy(role, policy, before, after, facts));
    if (policies.has(arn)) note(writtenBy(role, policy, facts));
  }
  return [...found.values()].sort((left, right) => (left.role + left.subject < right.role + right.subject ? -1 : 1));
}
