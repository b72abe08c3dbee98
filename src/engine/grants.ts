import { partsOfAccount } from '../facts/account-key.js';
import { associatedNames } from '../facts/associations.js';
import { ROLE_ANNOTATION, type Facts, type RoleFacts } from '../facts/facts.js';
import { namedIn } from '../facts/named-accounts.js';
import { conditionsOn, webIdentityStatements } from '../facts/web-identity.js';
import type { Grant, Patch } from '../model/finding.js';
import { admitsSession } from '../facts/session-of-association.js';
import { admitsAssociatedRole } from '../facts/target-role.js';
import type { Cluster, Json, PodIdentityAssociation, Role } from '../model/inventory.js';
import { evaluateParsed } from '../policy/evaluate.js';
import { urlOfProviderArn, providerArn } from '../policy/federated.js';
import { matchesGlob, parseGlob } from '../policy/glob.js';
import { whatArrived } from '../model/observed.js';
import { parseTrustPolicy, type TrustPolicy } from '../policy/parse.js';
import { ASSUME_ROLE, podIdentityAccess, TAG_SESSION } from '../policy/pod-identity.js';

interface Candidate {
  readonly url: string;
  readonly subject: string;
  /** A concrete subject that the pattern admits. */
  readonly example: string;
  readonly audience: string;
}

const isObject = (value: Json): value is Record<string, Json> => typeof value === 'object' && value !== null && !Array.isArray(value);

const WITNESS = 'irsa-auditor-witness-7q4x';

const exampleOf = (pattern: string, wildcards: boolean): string =>
  wildcards
    ? parseGlob(pattern)
        .map((part) => (part.kind === 'literal' ? part.char : part.kind === 'one' ? 'q' : WITNESS))
        .join('')
    : pattern;

/** Everybody whom a policy speaks of: its subjects, a stranger where it names none, and the service accounts that carry the role. */
function candidates(policy: TrustPolicy, role: RoleFacts): Candidate[] {
  const named = webIdentityStatements(policy).flatMap((statement): Candidate[] => {
    const urls = statement.federated.flatMap(({ named: federated, url }) => (federated.kind === 'oidc' && url !== null ? [url] : []));
    const audiences = conditionsOn(statement, 'aud').flatMap(({ entry }) => entry.values.map(({ value }) => value));
    const subjects = conditionsOn(statement, 'sub').flatMap(({ entry, operator }) =>
      entry.values.map(({ value }) => ({ subject: value, example: exampleOf(value, operator?.wildcards === true) })),
    );
    const anybody = { subject: '*', example: `system:serviceaccount:${WITNESS}:${WITNESS}` };
    return urls.flatMap((url) =>
      [...new Set([...audiences, 'sts.amazonaws.com'])].flatMap((audience) =>
        [...subjects, anybody].map((one) => ({ url, audience, ...one })),
      ),
    );
  });
  const carriers = role.users.flatMap(({ subject, url, audience }): Candidate[] =>
    url === null ? [] : [{ url, subject, example: subject, audience }],
  );
  return [...named, ...carriers];
}

/** The audiences that the provider of an issuer takes; null = unread, undefined = there is no such provider. */
type Providers = (url: string) => readonly string[] | null | undefined;

function getsIn(
  policy: TrustPolicy,
  providers: Providers,
  account: { partition: string; id: string },
  { url, example, audience }: Candidate,
): boolean {
  const arn = providerArn(account.partition, account.id, url);
  const audiences = providers(url);
  if (audiences === undefined || (audiences !== null && !audiences.includes(audience))) return false;
  return evaluateParsed(policy, { providerArn: arn, issuer: `https://${url}`, audience, subject: example }).verdict === 'allowed';
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

/** A grant, and whether the trust policy as it stands names that subject (then its owner has said so already). */
export interface NewlyAdmitted extends Grant {
  readonly namedToday: boolean;
  readonly namespaceNamedToday: boolean;
}

/** Whether one grant says the other already: a stranger stands for everybody, a pattern for whoever matches it. */
function covers(wider: Candidate, one: Candidate): boolean {
  if (wider.subject === one.subject) return false;
  return wider.subject === '*' || (wider.subject !== wider.example && matchesGlob(parseGlob(wider.subject), one.subject));
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
        namedToday: !isConditional || text.includes(JSON.stringify(serviceAccount)),
        namespaceNamedToday: !isConditional || text.includes(JSON.stringify(namespace)) || text.includes(JSON.stringify(serviceAccount)),
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
      namedToday: false,
      namespaceNamedToday: names !== undefined,
    },
  ];
}

/** Who gets into which role by a set of patches and does not today. Sorted, without repetition. */
export function newlyAdmitted(patches: readonly Patch[], facts: Facts): readonly NewlyAdmitted[] {
  const account = { partition: facts.inventory.partition, id: facts.inventory.account };
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
  const found = new Map(
    patches.flatMap((patch) => associatedBy(patch, policies, facts)).map((grant) => [`${grant.role} ${grant.subject}`, grant]),
  );
  for (const arn of touched) {
    const role = facts.role(arn);
    if (role === null) continue;
    const policy = policies.get(arn) ?? role.policy;
    for (const grant of associatedThen(role, policy, account.id)) found.set(`${arn} ${grant.subject}`, grant);
    const text = JSON.stringify(role.role.trustPolicy);
    const opened = candidates(policy, role).filter(
      (one) => getsIn(policy, after, account, one) && !getsIn(role.policy, before, account, one),
    );
    for (const { subject } of opened.filter((one) => !opened.some((wider) => covers(wider, one)))) {
      const namespace = subject.split(':')[2];
      found.set(`${arn} ${subject}`, {
        subject,
        role: arn,
        administrative: role.administrative !== null,
        namedToday: subject !== '*' && text.includes(JSON.stringify(subject).slice(1, -1)),
        namespaceNamedToday: namespace !== undefined && text.includes(`system:serviceaccount:${namespace}:`),
      });
    }
  }
  return [...found.values()].sort((left, right) => (left.role + left.subject < right.role + right.subject ? -1 : 1));
}

/** The role that a patch makes a service account ask for; null where it changes nothing of that. */
function roleAskedFor({ kind, before, after }: Patch, facts: Facts): RoleFacts | null {
  const annotated = (value: Json): string | null => {
    const annotations = isObject(value) ? value['annotations'] : undefined;
    const role = annotations !== undefined && isObject(annotations) ? annotations[ROLE_ANNOTATION] : undefined;
    return typeof role === 'string' ? role : null;
  };
  const role = kind === 'service-account' ? annotated(after) : null;
  return role === null || role === annotated(before) ? null : facts.role(role);
}

/**
 * Whether patches would have a service account ask for an administrative role that does not name it. The trust policy may
 * let it in by a pattern, so that nobody is newly admitted; but an annotation is a request, and no owner has granted this one.
 */
export function asksForAdministrativeRole(patches: readonly Patch[], facts: Facts): boolean {
  return patches.some((patch) => {
    const role = roleAskedFor(patch, facts);
    if (role === null || role.administrative === null) return false;
    const { cluster, namespace, name } = partsOfAccount(patch.resource);
    const url = facts.clusterNamed(patch.region ?? '', cluster)?.url;
    return url === undefined || !namedIn(role.statements, url).some((one) => one.namespace === namespace && one.name === name);
  });
}
