import { execFileSync } from 'node:child_process';
import type { Finding } from '../src/model/report/finding.js';
import type { Report } from '../src/model/report/report.js';
import { auditInventory } from '../src/pipeline/pipeline.js';
import { pictureOf } from '../src/pipeline/picture.js';
import type { PageAssets } from '../src/report/page/page-assets.js';
import { pageData, renderPage } from '../src/report/page/page.js';
import { generateAccount, sizeFor } from './generate-account.js';

/** The program of the page as the build has it. */
export function pageAssets(): PageAssets {
  return JSON.parse(execFileSync(process.execPath, ['scripts/page.mjs'], { encoding: 'utf8' })) as PageAssets;
}

/** So many findings: those of the audit again and again, each of another role. */
function withFindings(report: Report, count: number, roles: readonly string[]): Report {
  const real = report.findings.filter(({ place }) => place === 'primary');
  const findings = Array.from({ length: count }, (_, index): Finding | null => {
    const one = real[index % real.length];
    const role = roles[index % roles.length];
    if (one === undefined || role === undefined) return null;
    const fingerprint = index.toString(16).padStart(12, '0').padEnd(32, 'f');
    const subject = one.subject.type === 'role' ? { ...one.subject, id: role, arn: role } : one.subject;
    return { ...one, subject, fingerprint, problem: fingerprint };
  });
  return { ...report, findings: findings.flatMap((one) => one ?? []) };
}

/** The page of an account with so many roles and findings, as one file. */
export function largePage(roles: number, findings: number): string {
  const { inventory } = generateAccount(sizeFor(roles));
  const report = auditInventory(inventory, { now: inventory.collectedAt });
  const picture = pictureOf(inventory);
  const arns = picture.admissions.roles.map(({ role }) => role);
  return renderPage(pageData(withFindings(report, findings, arns), { shell: 'posix', picture }), pageAssets());
}
