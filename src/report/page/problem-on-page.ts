import { DAY } from '../../lib/day.js';
import { inert, isInert } from '../../lib/escape-text.js';
import { issuerIdIn } from '../../model/inventory/issuer-id.js';
import type { Finding, Fix } from '../../model/report/finding.js';
import type { Report } from '../../model/report/report.js';
import { commandLine, type Shell } from '../parts/command-lines.js';
import { consoleLinks } from '../repair/console-pages.js';
import { elsewhere } from '../parts/elsewhere.js';
import { evidenceInWords } from '../parts/evidence.js';
import { changeOf, grantsInWords, managedInWords, noCommand, STEP_WORDS, withoutHost } from '../repair/fix-parts.js';
import { sinceLine } from '../parts/news-lines.js';
import { clauseOf } from '../parts/overview-rows.js';
import type { ToldProblem } from '../parts/problems.js';
import { tagInWords } from '../parts/silence-lines.js';
import type { Names } from '../layout/names.js';
import { checkCommand, grantCommand, restartCommands } from '../layout/next-steps.js';
import type { PageFinding, PageLines, PageProblem, PageStep } from './page-data.js';

/** What the words of one report need. */
export interface PageStyle {
  readonly report: Report;
  readonly names: Names;
  readonly shell: Shell;
  /** Whether earlier runs are known. */
  readonly memory: boolean;
  /** Places of roles (by ARN) and issuers (by `issuer`) in the picture. */
  readonly roles: ReadonlyMap<string, number>;
  readonly issuers: ReadonlyMap<string, readonly number[]>;
}

const PROGRAM = 'irsa-auditor';

const ofAccess = (problem: string): string => `${PROGRAM} show ${problem.slice(0, 12)}`;

/** A command that can be copied as it is seen: none with characters that act or hide. */
const step = (why: string, command: string, shell: Shell): readonly PageStep[] =>
  isInert(command) ? [{ why, command: commandLine(command, shell) }] : [];

/** The commands in the order in which they are run, as `show` has them. */
function stepsOf(finding: Finding, { report, shell }: PageStyle): readonly PageStep[] {
  const { fix } = finding;
  const check = checkCommand(finding, report, { program: PROGRAM });
  const grant = grantCommand(finding, report, ofAccess(finding.problem));
  const fixing = fix?.commands ?? [];
  return [
    ...fixing.flatMap((command, index) =>
      step(index === 0 ? STEP_WORDS[fix?.verified === true ? 'verified' : 'fix'] : STEP_WORDS.then, command, shell),
    ),
    ...(grant === null ? [] : step('grant access to the one service account that is meant', grant, shell)),
    ...(fix === null ? [] : restartCommands(finding, fix, report).flatMap((command) => step(STEP_WORDS.restart, command, shell))),
    ...(check === null ? [] : step(STEP_WORDS.check, check, shell)),
  ];
}

function noCommandOf({ commands, patches, verified, grants }: Fix): string | null {
  if (commands.some(isInert) || patches.length === 0) return null;
  if (commands.length > 0) return 'No ready command: it holds characters that cannot be shown. Take it from --format json.';
  return noCommand({ verified, grants }, 'the document is in --format json');
}

const inLines = (what: string, lines: readonly string[]): PageLines => ({ title: inert(what), lines: lines.map(inert) });

function findingOn(finding: Finding, also: string | null, style: PageStyle): PageFinding {
  const { fix } = finding;
  const { names, report } = style;
  const tag = tagInWords(finding);
  return {
    also,
    message: names.sentence(finding.message),
    tag: tag === null ? null : inert(tag),
    error: finding.error === null ? null : names.sentence(finding.error),
    cause: finding.evidence.flatMap(evidenceInWords),
    affected: finding.related.map((one) => `${names.subject(one)}${inert(` (${one.why})`)}`),
    managed: fix === null ? [] : managedInWords(fix, names),
    fix: fix === null ? null : withoutHost(names.sentence(fix.summary)),
    changes: (fix?.patches ?? []).flatMap((patch) => changeOf(patch, names) ?? []),
    elsewhere: (fix?.patches ?? []).flatMap((patch) => elsewhere(patch, report.clusters).map(({ what, lines }) => inLines(what, lines))),
    grants: fix === null ? [] : grantsInWords({ fix, clusters: finding.clusters }, names),
    steps: stepsOf(finding, style),
    noCommand: fix === null ? null : noCommandOf(fix),
  };
}

/** The places in the picture of what a problem is about or affects. */
function placesOf(findings: readonly Finding[], { roles, issuers, report }: PageStyle): Pick<PageProblem, 'roles' | 'issuers'> {
  const things = findings.flatMap(({ subject, related }) => [subject, ...related]);
  const clusters = new Set(findings.flatMap((one) => one.clusters));
  const ofClusters = report.clusters.flatMap(({ region, name, issuer }) =>
    issuer !== null && clusters.has(`${region}/${name}`) ? (issuers.get(issuer) ?? []) : [],
  );
  const ofProviders = things.flatMap(({ type, id }) => (type === 'provider' ? (issuers.get(issuerIdIn(id) ?? '') ?? []) : []));
  return {
    roles: [...new Set(things.flatMap(({ type, id }) => (type === 'role' ? (roles.get(id) ?? []) : [])))],
    issuers: [...new Set([...ofClusters, ...ofProviders])],
  };
}

function ageOf({ firstSeen }: Finding, { generatedAt }: Report): number | null {
  const days = Math.floor((Date.parse(generatedAt) - Date.parse(firstSeen)) / DAY);
  return Number.isFinite(days) && days >= 0 ? days : null;
}

/** One problem, as its row and its details show it. */
export function problemOnPage({ primary, coDefects, severity }: ToldProblem, style: PageStyle): PageProblem {
  const { names, report, memory } = style;
  const findings = [primary, ...coDefects];
  const also = (one: Finding): string => `${clauseOf(one.rule, report)} (${one.severity}, ${names.subject(one.subject)})`;
  return {
    severity,
    kind: primary.kind,
    name: names.subject(primary.subject),
    title: clauseOf(primary.rule, report),
    rule: inert(primary.rule),
    confidence: primary.confidence,
    fingerprint: inert(primary.fingerprint),
    verified: primary.fix?.verified === true,
    clusters: primary.clusters.map(names.cluster),
    namespaces: [...new Set(findings.flatMap(({ namespaces }) => namespaces))].map(inert),
    status: primary.status,
    since: memory ? sinceLine(primary, undefined) : null,
    days: memory ? ageOf(primary, report) : null,
    ...placesOf(findings, style),
    findings: [findingOn(primary, null, style), ...coDefects.map((one) => findingOn(one, also(one), style))],
    links: consoleLinks(primary, report),
  };
}
