import { commandIn } from '../model/report/command.js';
import type { Finding } from '../model/report/finding.js';
import type { Report } from '../model/report/report.js';
import type { ToldProblem } from '../report/parts/problems.js';

/** A finding with its commands so. */
export function findingIn(profile: string | undefined, finding: Finding): Finding {
  const { fix } = finding;
  return fix === null ? finding : { ...finding, fix: { ...fix, commands: fix.commands.map((one) => commandIn(profile, one)) } };
}

/** A problem with its commands so. */
export function problemIn(profile: string | undefined, problem: ToldProblem): ToldProblem {
  const [primary, ...coDefects] = [problem.primary, ...problem.coDefects].map((finding) => findingIn(profile, finding));
  return { ...problem, primary: primary ?? problem.primary, coDefects };
}

/** A report with all of its commands so. @param profile undefined = that of the environment, which the shell has too */
export function inProfile(report: Report, profile: string | undefined): Report {
  return profile === undefined ? report : { ...report, findings: report.findings.map((finding) => findingIn(profile, finding)) };
}
