import { isPlainArgument } from '../model/report/command.js';
import type { Finding } from '../model/report/finding.js';
import type { Report } from '../model/report/report.js';

/** A context of the kubeconfig, and the cluster that it leads to; the region is null where that does not tell. */
export interface NamedContext {
  readonly context: string;
  readonly cluster: string | null;
  readonly region: string | null;
}

/**
 * The report with commands of kubectl that name the contexts by which its clusters were read. Without them a command names the
 * one that `aws eks update-kubeconfig` makes, which a kubeconfig made by eksctl, by hand or with an alias does not have.
 */
export function inContexts(report: Report, contexts: readonly NamedContext[]): Report {
  const { clusters, named } = byContexts(report, contexts);
  return { ...report, clusters, findings: report.findings.map(named) };
}

/** The clusters with their contexts, and what names these in the commands of a finding. */
export function byContexts(
  { partition, account, clusters: all }: Pick<Report, 'partition' | 'account' | 'clusters'>,
  contexts: readonly NamedContext[],
): { readonly clusters: Report['clusters']; readonly named: (finding: Finding) => Finding } {
  const clusters = all.map((one) => {
    const [only, ...more] = contexts.filter(({ cluster, region }) => cluster === one.name && (region === null || region === one.region));
    return only === undefined || more.length > 0 || !isPlainArgument(only.context) ? one : { ...one, context: only.context };
  });
  const arns = new Map(
    clusters.flatMap(({ region, name, context }) =>
      context === undefined ? [] : [[`arn:${partition}:eks:${region}:${account}:cluster/${name}`, context]],
    ),
  );
  const renamed = (command: string): string =>
    command.startsWith('kubectl ') ? command.replace(/(?<= --context )\S+/, (arn) => arns.get(arn) ?? arn) : command;
  const inOwn = (finding: Finding): Finding =>
    finding.fix === null ? finding : { ...finding, fix: { ...finding.fix, commands: finding.fix.commands.map(renamed) } };
  return { clusters, named: inOwn };
}
