import pc from 'picocolors';
import { listed } from '../../lib/list-in-words.js';
import { inert } from '../../lib/escape-text.js';
import type { Finding } from '../../model/report/finding.js';
import type { Report } from '../../model/report/report.js';
import { consoleLinks } from '../repair/console-pages.js';
import { evidenceInWords } from '../parts/evidence.js';
import { writeFix, writeSteps, type FixOptions, type FixStyle } from '../repair/fix-lines.js';
import type { NumberedProblem } from '../parts/find-problem.js';
import { namesOf } from '../layout/names.js';
import { clauseOf, KIND_WORD, SEVERITY_WORD } from '../parts/overview-rows.js';
import { TextPage } from '../layout/terminal-layout.js';
import { ruleLink, severityPaint } from '../layout/paint.js';
import { standingAlone } from '../layout/paragraph.js';
import { problemsOf } from '../parts/problems.js';
import { accountInWords, timeInWords } from '../layout/phrases.js';

function writeFinding(page: TextPage, finding: Finding, report: Report, style: FixStyle): void {
  const { paint, names } = style;
  const { fix } = finding;
  page.text(standingAlone(names.sentence(finding.message)), 2);
  if (finding.error !== null) page.labeled('Error in the pod: ', [names.sentence(finding.error)], paint.bold);
  const evidence = finding.evidence.flatMap(evidenceInWords);
  if (evidence.length > 0) page.labeled('Cause: ', evidence, paint.bold);
  const affected = finding.related.map((one) => `${names.subject(one)}${inert(` (${one.why})`)}`);
  if (affected.length > 0) page.labeled('Affected: ', [listed(affected, 3)], paint.bold);
  if (fix !== null) writeFix(page, { ...finding, fix }, style);
}

/** `4–62`, the other problems of the same rule and severity. */
function alike({ number, problem }: NumberedProblem, report: Report): string | null {
  const others = problemsOf(report).flatMap(({ primary, severity }, index) =>
    primary.rule === problem.primary.rule && severity === problem.severity && index + 1 !== number ? [index + 1] : [],
  );
  const [first, last] = [others[0], others.at(-1)];
  if (first === undefined || last === undefined) return null;
  return `${others.length === 1 ? `Number ${first} is` : `${others.length} more (numbers ${first} to ${last}) are`} of the same rule.`;
}

/** One problem in full: what is seen in the pod, why, what the repair changes and whom it grants access, and the commands in their order. */
export function renderShow(one: NumberedProblem, report: Report, options: FixOptions): string {
  const paint = pc.createColors(options.color);
  const style: FixStyle = { ...options, paint, names: namesOf(report), report, check: true, brief: false };
  const page = new TextPage(options.width);
  const { primary, coDefects, severity } = one.problem;
  const kind = primary.kind === null ? '' : ` ${KIND_WORD[primary.kind]}`;
  const name = style.names.subject(primary.subject);
  const clusters = primary.clusters.map(style.names.cluster).filter((cluster) => !name.endsWith(` ${cluster}`));
  const where = clusters.length === 0 ? '' : ` in ${listed(clusters, 3)}`;
  page.text(`${accountInWords(report)}, audited ${timeInWords(report.generatedAt)}`);
  page.text(
    `${one.number} ${severityPaint(paint)[severity](SEVERITY_WORD[severity])}${kind} ${paint.bold(name)}${where}: ${clauseOf(primary.rule, report)}`,
  );
  writeFinding(page, primary, report, style);
  writeSteps(page, primary, style);
  for (const finding of coDefects) {
    page.blank();
    page.text(`${paint.bold(`Also: ${clauseOf(finding.rule, report)}`)} (${finding.severity}, ${style.names.subject(finding.subject)})`, 2);
    writeFinding(page, finding, report, style);
    const fresh = finding.fix !== null && finding.fix.commands.some((command) => primary.fix?.commands.includes(command) !== true);
    if (fresh) writeSteps(page, finding, style);
  }
  const links = consoleLinks(primary, report);
  if (links.length > 0) page.text('in the AWS console:', 2);
  for (const link of links) page.verbatim(link, 4);
  const others = alike(one, report);
  if (others !== null) page.text(paint.dim(others), 2);
  const rule = ruleLink(primary.rule, report, options.links);
  page.text(paint.dim(`${rule}, ${primary.confidence}, ${inert(primary.fingerprint.slice(0, 12))}`), 2);
  return page.toString();
}
