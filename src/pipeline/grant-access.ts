import { accessFix, AccessRefusedError } from '../engine/grant-access.js';
import { besideOthers } from '../engine/across-accounts.js';
import { auditWith } from '../engine/audit.js';
import { subjectProblem } from '../facts/statement/service-account-subject.js';
import type { Finding } from '../model/report/finding.js';
import type { Inventory } from '../model/inventory/inventory.js';
import type { Report } from '../model/report/report.js';
import { SERVICE_ACCOUNT_PREFIX } from '../policy/language/claims.js';
import { auditInventory, type BesideOption } from './pipeline.js';
import { problemsCalled, type NumberedProblem } from '../report/parts/find-problem.js';
import { RULES } from '../rules/index.js';

export { AccessRefusedError } from '../engine/grant-access.js';

/** What a person asks for: in one problem, one service account is to be allowed. */
export interface GrantWanted {
  /** The problem: its number, its fingerprint, or what it is about. */
  readonly problem: string;
  /** `namespace/name`, or `system:serviceaccount:namespace:name`. */
  readonly subject: string;
  /** Name or `region/name`; may be left out where the problem is of one cluster. */
  readonly cluster?: string;
}

/** The problem, with the fix that allows just this service account in place of its own. */
export interface Granted {
  readonly report: Report;
  readonly problem: NumberedProblem;
  /** `region/name` */
  readonly cluster: string;
}

type ServiceAccountName = Readonly<Record<'namespace' | 'name', string>>;

/** One service account as a person writes it. @throws AccessRefusedError */
function subjectNamed(text: string): ServiceAccountName {
  const subject = text.startsWith(SERVICE_ACCOUNT_PREFIX) ? text : `${SERVICE_ACCOUNT_PREFIX}${text.replace('/', ':')}`;
  if (/[*?]/.test(subject))
    throw new AccessRefusedError(`${JSON.stringify(text)} has a wildcard: name one service account, namespace/name.`);
  const problem = subjectProblem(subject, false);
  if (problem !== null)
    throw new AccessRefusedError(`${JSON.stringify(text)} is not a service account (${problem}): write namespace/name.`);
  const [, , namespace = '', name = ''] = subject.split(':');
  return { namespace, name };
}

/** The first of several lists that has an entry, each once. */
const firstOf = (...lists: readonly (readonly string[])[]): readonly string[] => [...new Set(lists.find((list) => list.length > 0) ?? [])];

/** The role that is meant: the one to which a fix would allow the subject, else the one that the problem is about. @throws AccessRefusedError */
function roleMeant(findings: readonly Finding[], subject: string): string {
  const grants = findings.flatMap(({ fix }) => fix?.grants ?? []);
  const roles = firstOf(
    grants.flatMap((grant) => (grant.subject === subject ? [grant.role] : [])),
    findings.flatMap(({ subject: { type, id } }) => (type === 'role' ? [id] : [])),
    findings.flatMap(({ related }) => related.flatMap(({ type, id }) => (type === 'role' ? [id] : []))),
  );
  const [role, ...others] = roles;
  if (role === undefined) throw new AccessRefusedError('This problem is about no role: nobody can be allowed by fixing it.');
  if (others.length > 0)
    throw new AccessRefusedError(`This problem is about ${roles.length} roles: name one of them, role/NAME, in place of it.`);
  return role;
}

/** The cluster that is meant, as `region/name`. @throws AccessRefusedError */
function clusterMeant(findings: readonly Finding[], who: ServiceAccountName, cluster: string | undefined, { clusters }: Report): string {
  const all = clusters.map(({ region, name }) => `${region}/${name}`);
  const own = findings.flatMap((finding) => finding.clusters);
  const things = new Set(findings.flatMap(({ subject, related }) => [subject, ...related].map(({ id }) => id)));
  const has = (place: string): boolean => things.has(`${place.slice(place.indexOf('/') + 1)}/${who.namespace}/${who.name}`);
  const places =
    cluster === undefined ? firstOf(own.filter(has), own, all) : all.filter((place) => place === cluster || place.endsWith(`/${cluster}`));
  const [place, ...others] = places;
  if (place === undefined)
    throw new AccessRefusedError(cluster === undefined ? 'No cluster is known.' : `There is no cluster ${JSON.stringify(cluster)} here.`);
  if (others.length > 0)
    throw new AccessRefusedError(`${who.namespace}/${who.name} may be of ${places.join(' or ')}: name one with --cluster REGION/NAME.`);
  return place;
}

/**
 * Allows one service account that a person names, for which no ready command may speak: audits an inventory and makes the patch that
 * allows this one and nobody else, with its proof. Pure.
 * @throws AccessRefusedError, NoSuchProblemError
 */
export function grantAccess(
  inventory: Inventory,
  wanted: GrantWanted,
  { now, others = [] }: BesideOption & { readonly now?: string } = {},
): Granted {
  const who = subjectNamed(wanted.subject);
  const options = now === undefined ? {} : { now };
  const audit = auditWith(RULES, besideOthers(inventory, others), options);
  // Beside others a problem has the number of that audit; what is changed is judged with the clusters of theirs that count here.
  const report = others.length === 0 ? audit.report : auditInventory(inventory, { ...options, others });
  const [found] = problemsCalled(wanted.problem, report);
  if (found === undefined) throw new AccessRefusedError('There is no such problem.');
  const { primary, coDefects } = found.problem;
  const findings = [primary, ...coDefects];
  const role = roleMeant(findings, `${SERVICE_ACCOUNT_PREFIX}${who.namespace}:${who.name}`);
  const place = clusterMeant(findings, who, wanted.cluster, audit.report);
  const [region = '', cluster = ''] = place.split('/');
  const fix = accessFix({ role, region, cluster, ...who }, audit);
  const allowed = { type: 'service-account', id: `${cluster}/${who.namespace}/${who.name}`, why: 'is allowed by this fix' } as const;
  const lead = { ...primary, clusters: [place], workloads: [], related: [allowed], fix };
  return { report, cluster: place, problem: { number: found.number, problem: { ...found.problem, primary: lead, coDefects: [] } } };
}
