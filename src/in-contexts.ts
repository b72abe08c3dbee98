import { isPlainArgument } from './model/command.js';
import type { Finding } from './model/finding.js';
import type { Report } from './model/report.js';

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
  const { partition, account } = report;
  const clusters = report.clusters.map((one) => {
    const [only, ...more] = contexts.filter(({ cluster, region }) => cluster === one.name && (region === null || region === one.region));
    return only === undefined || more.length > 0 || !isPlainArgument(only.context) ? one : { ...one, context: only.context };
  });
  const named = new Map(
    clusters.flatMap(({ region, name, context }) =>
      context === undefined ? [] : [[`arn:${partition}:eks:${region}:${account}:cluster/${name}`, context]],
    ),
  );
  if (named.size === 0) return report;
  const renamed = (command: string): string =>
    command.startsWith('kubectl ') ? command.replace(/(?<= --context )\S+/, (arn) => named.get(arn) ?? arn) : command;
  const inOwn = (finding: Finding): Finding =>
    finding.fix === null ? finding : { ...finding, fix: { ...finding.fix, commands: finding.fix.commands.map(renamed) } };
  return { ...report, clusters, findings: report.findings.map(inOwn) };
}
