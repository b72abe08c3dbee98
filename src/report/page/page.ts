import { escapedInJson, inert, inertJson } from '../../lib/escape-text.js';
import { addTo } from '../../lib/group-by.js';
import { severityRank } from '../../model/report/finding.js';
import type { Picture } from '../../model/report/picture.js';
import type { Report } from '../../model/report/report.js';
import type { Shell } from '../parts/command-lines.js';
import { gapLine } from '../parts/gap-line.js';
import { carriedOverLine } from '../parts/news-lines.js';
import { allClear, openGaps, problemsOf } from '../parts/problems.js';
import { suppressedInWords } from '../parts/silence-lines.js';
import { nothingInWords, notEvaluatedLines } from '../screens/text.js';
import { namesOf } from '../layout/names.js';
import {
  accountInWords,
  crashInWords,
  familyInWords,
  lookedAtInWords,
  selectionInWords,
  timeInWords,
  titleOf,
  unreadInWords,
} from '../layout/phrases.js';
import type { PageAssets } from './page-assets.js';
import type { PageData, PagePicture } from './page-data.js';
import { packedPicture } from './pack-picture.js';
import { pictureOnPage } from './picture-on-page.js';
import { problemOnPage, type PageStyle } from './problem-on-page.js';

export interface PageOptions {
  /** The shell that commands are for. */
  readonly shell: Shell;
  /** null = there is a report alone, which does not say who can assume what. */
  readonly picture: Picture | null;
}

/** Whether findings were compared with those of earlier runs: only then age and status say something. */
function hasMemory({ findings, carriedOver, generatedAt }: Report): boolean {
  return carriedOver.length > 0 || findings.some(({ status, firstSeen }) => status !== 'new' || firstSeen < generatedAt);
}

/** What else the report does not hold. */
function remarksOf(report: Report): readonly string[] {
  const { coverage, selection } = report;
  const unasked = coverage.notLookedAt.map(familyInWords);
  const way = coverage.serviceAccounts === null ? ' Add --kubernetes: most of what breaks is there.' : '';
  const accepted = coverage.unread.filter((gap) => gap.accepted);
  return [
    ...(selection === undefined ? [] : [selectionInWords(selection)]),
    ...(unasked.length === 0 ? [] : [`Not scanned: ${unasked.join(', ')}.${way}`]),
    ...accepted.map(({ scope, what, acceptedBecause }) =>
      inert(`Accepted as not scanned: ${scope === 'account' ? what : `${what} in ${scope}`} (${acceptedBecause ?? ''}).`),
    ),
    ...notEvaluatedLines(report),
    ...report.rules.flatMap(crashInWords),
    ...carriedOverLine(report, Number.MAX_SAFE_INTEGER),
  ];
}

function placesByIssuer(picture: PagePicture | null): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>();
  picture?.issuers.forEach(({ issuer }, index) => addTo(places, issuer, index));
  return places;
}

/** Everything that the page shows, as words. Pure. */
export function pageData(report: Report, { shell, picture }: PageOptions): PageData {
  const names = namesOf(report);
  const drawn = picture === null ? null : pictureOnPage(picture, report, names);
  const memory = hasMemory(report);
  const roles = new Map(drawn?.roles.map(({ arn }, index) => [arn, index] as const));
  const style: PageStyle = { report, names, shell, memory, roles, issuers: placesByIssuer(drawn) };
  const words = nothingInWords(report);
  const used = new Set<string>();
  for (const { rule, suppressed } of report.findings) if (suppressed === null) used.add(rule);
  return {
    account: accountInWords(report),
    generated: timeInWords(report.generatedAt),
    complete: report.complete,
    scanned: lookedAtInWords(report.coverage),
    gap: gapLine(report, Number.MAX_SAFE_INTEGER, ''),
    gaps: openGaps(report).map((gap) => {
      const { title, detail, next, accept } = unreadInWords(gap);
      return { title, detail, next: accept === null ? next : `${next} ${accept.option}` };
    }),
    remarks: remarksOf(report),
    nothing: allClear(report) ?? `${words.charAt(0).toUpperCase()}${words.slice(1)}.`,
    memory,
    problems: problemsOf(report).map((problem) => problemOnPage(problem, style)),
    suppressed: report.findings
      .flatMap(({ suppressed, severity, subject, rule }) =>
        suppressed === null
          ? []
          : [
              {
                severity,
                name: names.place(subject),
                title: titleOf(rule, report),
                rule: inert(rule),
                why: inert(suppressedInWords(suppressed)),
              },
            ],
      )
      .sort((left, right) => severityRank(right.severity) - severityRank(left.severity)),
    carriedOver: report.carriedOver.map(({ severity, subject, rule, firstSeen, lastSeen }) => ({
      severity,
      name: names.place(subject),
      rule: inert(rule),
      seen: `first seen ${timeInWords(firstSeen)}, last seen ${timeInWords(lastSeen)}`,
    })),
    rules: Object.fromEntries(
      Object.values(report.texts)
        .filter(({ id }) => used.has(id))
        .map(({ id, title, why, references }) => [
          id,
          { title: inert(title), why: inert(why), references: references.filter(isWebAddress) },
        ]),
    ),
    picture: drawn === null ? null : packedPicture(drawn),
  };
}

/** A stored report may hold any address: none that acts is made a link. */
const isWebAddress = (address: string): boolean => /^https:\/\/[\x21-\x7e]+$/.test(address);

const escapedHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

/** JSON that ends no element and no line of a script, wherever it is embedded. */
const embedded = (data: PageData): string => inertJson(JSON.stringify(data)).replace(/[<>&\u2028\u2029]/g, escapedInJson);

/** The page as one file: it asks no network for anything, and nothing runs in it but its own program. Pure. */
export function renderPage(data: PageData, { script, style, scriptHash, styleHash }: PageAssets): string {
  const policy = [
    "default-src 'none'",
    `script-src '${scriptHash}'`,
    `style-src '${styleHash}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${escapedHtml(data.account)} – irsa-auditor</title>
<style>${style}</style>
</head>
<body>
<noscript>This page shows its report with JavaScript. Without: irsa-auditor audit --details, or --format text.</noscript>
<script type="application/json" id="data">${embedded(data)}</script>
<script>${script}</script>
</body>
</html>
`;
}
