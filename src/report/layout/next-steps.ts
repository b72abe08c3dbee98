import { isPlainArgument, isRestartable, rolloutRestart } from '../../model/report/command.js';
import { atLeast, type Finding, type Fix } from '../../model/report/finding.js';
import type { Report } from '../../model/report/report.js';

/** With what an account was read: options as they follow a command, with a blank before them; empty = as the environment says. */
export interface GivenWith {
  readonly access: string;
  readonly kubeconfig: string;
  /** That commands of the AWS CLI name. */
  readonly profile: string | undefined;
}

/** How this program is asked again. */
export interface AskedBy {
  /** How the command line is called by whoever reads this. */
  readonly program: string;
  /** Absent = as the environment says. */
  readonly given?: GivenWith | undefined;
}

const ON_CREATION: ReadonlySet<string> = new Set<Fix['patches'][number]['kind']>(['service-account', 'pod-identity-association']);

const plain = (words: readonly string[]): string | null => (words.every(isPlainArgument) ? words.join(' ') : null);

/** What a pod gets when it is made: its workloads are restarted once that is mended. A trust policy works for those that run. */
export function restartCommands({ workloads }: Finding, fix: Fix, { partition, account, clusters }: Report): readonly string[] {
  const bites = fix.patches.some(({ kind }) => ON_CREATION.has(kind));
  if (!bites || fix.commands.length === 0 || fix.commands.some((command) => command.includes(' rollout restart '))) return [];
  return workloads.flatMap(({ cluster, namespace, kind, name }) => {
    const [region = '', cluster_ = ''] = cluster.split('/');
    const known = clusters.find((one) => one.region === region && one.name === cluster_)?.context;
    const context = known ?? `arn:${partition}:eks:${region}:${account}:cluster/${cluster_}`;
    const isPlain = plain([`${kind.toLowerCase()}/${name}`, context, namespace]) !== null;
    return isRestartable(kind) && isPlain ? [rolloutRestart({ kind, name }, { context, namespace }).join(' ')] : [];
  });
}

const GRANTED = /^system:serviceaccount:([a-z0-9-]+):([a-z0-9.-]+)$/;

/** The clusters of a finding that have this service account among what it is about, or all of them where none is known to. */
function placesWith(who: string, { clusters, subject, related }: Finding): readonly string[] {
  const things = new Set([subject, ...related].map(({ id }) => id));
  const own = clusters.filter((place) => things.has(`${place.slice(place.indexOf('/') + 1)}/${who}`));
  return own.length > 0 ? own : clusters;
}

/**
 * How a person allows whom a proven fix would allow, and no ready command may: one service account by name. Null where that is not
 * what is missing, where it is to be narrowed first who can assume the role, or in which cluster is not known.
 * @param show what shows this problem
 */
export function grantCommand(finding: Finding, { findings }: Pick<Report, 'findings'>, show: string): string | null {
  const { fix, kind } = finding;
  const grant = fix?.grants.find(({ subject }) => fix.grantable?.includes(subject) === true);
  if (fix === null || grant === undefined || kind !== 'break' || fix.commands.length > 0) return null;
  const isOpen = findings.some((one) => one.kind === 'exposure' && one.subject.id === grant.role && atLeast(one.severity, 'medium'));
  const [, namespace, name] = GRANTED.exec(grant.subject) ?? [];
  if (isOpen || namespace === undefined || name === undefined) return null;
  const who = `${namespace}/${name}`;
  return placesWith(who, finding).length === 1 ? `${show} --grant ${who}` : null;
}

/** Where a finding is about a service account or affects one: `cluster/namespace/name`. */
function firstServiceAccount({ subject, related }: Finding): readonly string[] | null {
  const all = [subject, ...related].filter(({ type }) => type === 'service-account' || type === 'association');
  const parts = all[0]?.id.split('/') ?? [];
  return parts.length === 3 ? parts : null;
}

/** The command that tells whether a repair has worked; null where none is plain. */
export function checkCommand(finding: Finding, report: Report, { program, given }: AskedBy): string | null {
  const { access = '', kubeconfig = '' } = given ?? {};
  const [cluster, namespace, name] = firstServiceAccount(finding) ?? [];
  if (cluster !== undefined && namespace !== undefined && name !== undefined) {
    const places = report.clusters.filter((one) => one.name === cluster).map((one) => `${one.region}/${one.name}`);
    const place = finding.clusters.find((one) => places.includes(one)) ?? places[0] ?? cluster;
    if (plain([`sa/${name}`, namespace, place]) === null) return null;
    const { context } = report.clusters.find((one) => `${one.region}/${one.name}` === place) ?? {};
    // By the way that kubectl takes, where it was read so.
    const way = context === undefined || !isPlainArgument(context) ? '' : ` --context ${context}${kubeconfig}`;
    return `${program} why sa/${name} -n ${namespace} --cluster ${place}${way}${access}`;
  }
  const role = finding.subject.type === 'role' ? finding.subject.id.slice(finding.subject.id.lastIndexOf('/') + 1) : null;
  if (role !== null) return isPlainArgument(role) ? `${program} who ${role}${access}` : null;
  return finding.subject.region !== null && isPlainArgument(finding.subject.region)
    ? `${program} audit --region ${finding.subject.region}${access}`
    : null;
}
