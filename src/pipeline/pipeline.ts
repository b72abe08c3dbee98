import { auditAcross, toldFrom, whereJudged } from '../engine/across-accounts.js';
import { admissionsOf } from '../engine/admissions.js';
import { auditWith, type AuditOptions } from '../engine/audit.js';
import { chainOf } from '../engine/chain/chain.js';
import { changesSince, type Changes } from '../engine/history/changes.js';
import { accepts, unreadIn } from '../engine/run/coverage.js';
import type { TimeOption } from '../engine/run/run-rules.js';
import { nearest } from '../lib/nearest.js';
import { AUDIENCE_ANNOTATION, DEFAULT_AUDIENCE, ROLE_ANNOTATION } from '../model/inventory/annotations.js';
import type { Admissions } from '../model/report/admission.js';
import type { Chain, ChainTarget } from '../model/report/chain.js';
import type { Cluster, Inventory } from '../model/inventory/inventory.js';
import { seen } from '../model/inventory/observed.js';
import type { AcceptUnread, Report } from '../model/report/report.js';
import type { ProbePlan } from '../model/report/probe.js';
import type { Settings } from '../model/report/settings.js';
import type { State } from '../model/report/state.js';
import { RULES } from '../rules/index.js';
import { VERSION } from '../lib/version.js';
import { clusterMeant, meantIn, NoSuchWorkloadError, type WhyQuestion } from './workload-meant.js';

export type { AuditOptions } from '../engine/audit.js';
export { NoSuchWorkloadError, type WhyQuestion } from './workload-meant.js';
export { compareReports } from '../engine/history/compare-reports.js';

/** What else is known when an account is judged. */
export interface BesideOption {
  /** Saved inventories of other accounts, as evidence of what lies across: who of theirs uses its roles, and whether theirs allow its service accounts. */
  readonly others?: readonly Inventory[];
}

/** Audits an inventory with every rule of the product. Pure; see `auditWith` and `auditAcross`. */
export function auditInventory(inventory: Inventory, { others = [], ...options }: AuditOptions & TimeOption & BesideOption = {}): Report {
  return others.length === 0 ? auditWith(RULES, inventory, options).report : auditAcross(RULES, inventory, others, options);
}

/** What an audit changes, and what the very same audit would change beside another memory. */
export interface AuditedSince extends Changes {
  readonly beside: (memory: State) => Changes;
}

/**
 * Audits an inventory and compares it with the memory of the runs before. Pure.
 * @param previous null = a first run
 * @param run when it is, why a memory was there and could not be used, and whether there is time to judge more (everything is judged where it is left out)
 */
export function auditSince(
  previous: State | null,
  inventory: Inventory,
  settings: Settings,
  { now, setAside = null, stillTime }: TimeOption & { readonly now: string; readonly setAside?: string | null },
): AuditedSince {
  const options: AuditOptions & TimeOption = { now, acceptUnread: settings.acceptUnread, settings, stillTime };
  const audit = auditWith(RULES, inventory, options);
  const comparing = { rules: RULES, settings, version: VERSION };
  return {
    ...changesSince(previous, audit, { ...comparing, setAside }),
    beside: (memory) => changesSince(memory, audit, comparing),
  };
}

/** What `irsa-auditor rules` lists. */
export interface RuleSummary {
  readonly id: string;
  readonly cause: string;
  readonly severity: string;
  readonly confidence: string;
  readonly title: string;
  readonly why: string;
}

export function listRules(): readonly RuleSummary[] {
  return RULES.map(({ id, cause, severity, confidence, title, why }) => ({ id, cause, severity, confidence, title, why }));
}

/** Who can assume every role that trusts web identities. Pure. */
export function whoCanTakeRoles(inventory: Inventory): Admissions {
  return admissionsOf(inventory);
}

/** A role that an inventory does not hold; the message says what comes nearest, or that the roles were not read. */
export class UnknownRoleError extends Error {
  override readonly name = 'UnknownRoleError';

  /** @param unread whether it may be there: not all roles were read */
  constructor(
    message: string,
    readonly unread: boolean,
  ) {
    super(message);
  }
}

const SLIP = 3;

/** Who can assume one role, by ARN or name. @throws UnknownRoleError */
export function whoCanTakeRole(inventory: Inventory, wanted: string): Admissions {
  const roles = seen(inventory.roles);
  const role = roles.find(({ arn, name }) => arn === wanted || name === wanted);
  if (role !== undefined) return admissionsOf(inventory, role.arn);
  const names = roles.map(({ arn, name }) => (wanted.startsWith('arn:') ? arn : name));
  const near = nearest(wanted, names, SLIP);
  const hint = near === null ? '' : ` Did you mean ${near}?`;
  const place = `${JSON.stringify(wanted)} in account ${inventory.account}`;
  throw inventory.roles.known
    ? new UnknownRoleError(`There is no role ${place}.${hint}`, false)
    : new UnknownRoleError(
        `Whether there is a role ${place} is not known, for not all roles could be read (${inventory.roles.reason}).${hint}`,
        true,
      );
}

/**
 * The role that a service account was given, by association or annotation, with the audience of its tokens; null where it has none, or
 * that was not read.
 */
function givenTo(
  cluster: Cluster,
  { namespace, serviceAccount }: Pick<ChainTarget, 'namespace' | 'serviceAccount'>,
): Pick<ProbePlan, 'roleArn' | 'audience'> | null {
  const association = seen(cluster.podIdentityAssociations).find(
    (one) => one.namespace === namespace && one.serviceAccount === serviceAccount,
  );
  if (association?.roleArn != null) return { roleArn: association.targetRoleArn ?? association.roleArn, audience: DEFAULT_AUDIENCE };
  const annotations = seen(cluster.serviceAccounts).find((one) => one.namespace === namespace && one.name === serviceAccount)?.annotations;
  const roleArn = annotations?.[ROLE_ANNOTATION] ?? '';
  return roleArn === '' ? null : { roleArn, audience: annotations?.[AUDIENCE_ANNOTATION] ?? DEFAULT_AUDIENCE };
}

/** A chain, with what tells people of it: the report that it was judged with, and the role that was given. */
export interface FollowedWorkload {
  readonly chain: Chain;
  readonly report: Report;
  readonly role: string | null;
  /** Among how many clusters its own is the only one that has it; 1 = that was named, or is the only one. */
  readonly among: number;
}

/** Follows one workload to its role, with the audit that judged it. Pure. @throws NoSuchWorkloadError */
export function followWorkload(
  inventory: Inventory,
  asked: WhyQuestion,
  settings: Settings,
  { others = [] }: BesideOption = {},
): FollowedWorkload {
  const { cluster, among } = clusterMeant(inventory, asked);
  const target = { region: cluster.region, cluster: cluster.name, namespace: asked.namespace, ...meantIn(cluster, asked) };
  const judged = others.length === 0 ? { inventory, cluster } : whereJudged(inventory, others, cluster, target);
  const { report } = auditWith(RULES, judged.inventory, { acceptUnread: settings.acceptUnread, settings });
  const chain = chainOf(judged.inventory, { rules: RULES, report }, judged.cluster, target);
  const role = chain.roleOfPod ?? givenTo(cluster, target)?.roleArn ?? null;
  return { chain: toldFrom(inventory.account, chain), report, role, among };
}

/** Follows one workload to its role, link by link. Pure. @throws NoSuchWorkloadError */
export function whyNot(inventory: Inventory, asked: WhyQuestion, settings: Settings): Chain {
  return followWorkload(inventory, asked, settings).chain;
}

/**
 * What assuming the role of a workload by hand needs, from what was read.
 * @param inPod whether in a pod, which gets credentials of EKS Pod Identity too
 * @throws NoSuchWorkloadError where it has no role to take that way; the message says which link is missing
 */
export function probePlan(inventory: Inventory, asked: WhyQuestion, settings: Settings, inPod = false): ProbePlan {
  const chain = whyNot(inventory, asked, settings);
  const { namespace, serviceAccount } = chain.target;
  if (chain.by === 'pod-identity' && !inPod)
    throw new NoSuchWorkloadError(
      `${namespace}/${serviceAccount} gets its role by EKS Pod Identity, which gives credentials to pods alone: --pod probes in one.`,
    );
  const given = givenTo(clusterMeant(inventory, asked).cluster, chain.target);
  if (given === null) {
    const { says = '' } = chain.links.find(({ state }) => state === 'broken' || state === 'not-read') ?? chain.links.at(-1) ?? {};
    throw new NoSuchWorkloadError(`There is no role to take for ${namespace}/${serviceAccount}. ${says}`);
  }
  return { chain, ...given };
}

/** Those of the accepted gaps that no read without an answer is: a slip, or nothing to accept any more. */
export function unusedAcceptances({ coverage }: Report, accepted: readonly AcceptUnread[]): readonly AcceptUnread[] {
  return accepted.filter((one) => !coverage.unread.some((gap) => accepts(one, gap)));
}

/** How many reads of an inventory were asked for and not answered. */
export function unreadCount(inventory: Inventory): number {
  return unreadIn(inventory, []).length;
}
