import type { Admitted, Admissions, Entrance } from '../../src/model/report/admission.js';
import type { Chain } from '../../src/model/report/chain.js';
import type { ExplainedCause, Explanation } from '../../src/model/report/explanation.js';
import type { PodProbe, Probe } from '../../src/model/report/probe.js';
import type { Report } from '../../src/model/report/report.js';
import { renderAdmissions, renderAdmissionsJson } from '../../src/report/screens/admissions.js';
import { renderChain, renderChainJson } from '../../src/report/screens/chain.js';
import { renderExplanation, renderExplanationJson } from '../../src/report/screens/explanation.js';
import { renderPodProbe, renderProbe, renderProbeJson } from '../../src/report/screens/probe.js';
import type { Renderer } from './renderers.js';

/** What answers a question about one thing, each made of a report so that what an account can fill comes from there. */

/** One text of the account. */
const textOf = ({ account }: Report): string => account;

/** As everything is rendered here: without color and links, for a POSIX shell. */
export const OPTIONS = {
  color: false,
  links: false,
  shell: 'posix',
  program: 'irsa-auditor',
  self: 'irsa-auditor show 1',
  written: null,
} as const;

function chainOf(report: Report): Chain {
  const text = textOf(report);
  const links = report.findings
    .slice(0, 3)
    .map(({ message, error }) => ({ link: 'statement', state: 'broken' as const, says: message, error }));
  return {
    schemaVersion: 1,
    account: text,
    collectedAt: report.generatedAt,
    target: { region: text, cluster: text, namespace: text, serviceAccount: text, pod: text, owner: { kind: text, name: text } },
    by: 'irsa',
    links: [{ link: 'cluster', state: 'ok', says: text, error: null }, ...links],
    verdict: links.length === 0 ? 'holds' : 'broken',
    confidence: 'likely',
    first: links.length === 0 ? null : 1,
    findings: report.findings,
    withoutRole: [text, text],
    unread: report.coverage.unread,
  };
}

const chainIn = (width: number | null, verbose: boolean): Renderer => ({
  name: `why${width === null ? '' : `, ${width} columns`}${verbose ? ', verbose' : ''}`,
  reads: 'answer',
  limit: null,
  ofMany: verbose ? /^> ✗ statement/m : /Other findings: 9999 high/,
  render: (report) => renderChain({ chain: chainOf(report), report, role: textOf(report), among: 2 }, { ...OPTIONS, width, verbose }),
});

const PROBE = (report: Report): Probe => ({
  chain: chainOf(report),
  roleArn: textOf(report),
  audience: textOf(report),
  claims: { iss: textOf(report), sub: textOf(report), aud: [textOf(report)] },
  expected: 'refused',
  outcome: { kind: 'refused', error: textOf(report) },
  asExpected: true,
});
const POD_PROBE = (report: Report): PodProbe => ({
  ...PROBE(report),
  pod: textOf(report),
  image: textOf(report),
  swept: null,
  given: { roleArn: textOf(report), tokenFile: textOf(report), credentialsUri: textOf(report), hasKeys: true },
  outcome: { kind: 'another', arn: textOf(report) },
});

/** Everybody who may be allowed, in every form. */
const admittedOf = (text: string): readonly Admitted[] => [
  { kind: 'nobody', because: [text] },
  { kind: 'everybody', except: [text] },
  { kind: 'exactly', subjects: [text] },
  { kind: 'exactly', subjects: [text, text] },
  { kind: 'patterns', patterns: [text], namespaces: [text], openPatterns: [text], except: [text] },
];

function admissionsOf(report: Report): Admissions {
  const text = textOf(report);
  const entrances = admittedOf(text).map((who): Entrance => ({
    issuer: text,
    audience: text,
    provider: 'absent',
    clientIds: [text],
    meantFor: text,
    cluster: text,
    who,
    statements: [text],
    serviceAccounts: [text],
    maybe: [text],
  }));
  return {
    schemaVersion: 1,
    account: text,
    collectedAt: report.generatedAt,
    complete: false,
    unread: report.coverage.unread,
    roles: report.findings.map(({ subject }) => ({ role: subject.id, administrative: text, entrances, others: [text] })),
  };
}

const admissionsIn = (width: number | null): Renderer => ({
  name: `who and roles${width === null ? '' : `, ${width} columns`}`,
  reads: 'answer',
  limit: null,
  ofMany: /high-9999\b/,
  render: (report) => renderAdmissions(admissionsOf(report), { color: false, width }),
});

function explanationOf(report: Report): Explanation {
  const text = textOf(report);
  const causes = report.findings.map((finding, index): ExplainedCause => ({
    id: finding.rule,
    kind: index % 2 === 0 ? 'rule' : 'outside',
    title: finding.rule,
    state: index % 3 === 2 ? 'refuted' : 'confirmed',
    reason: finding.message,
    next: finding.fix?.summary ?? '',
    source: null,
    findings: [finding],
  }));
  return {
    schemaVersion: 1,
    account: text,
    collectedAt: report.generatedAt,
    means: 'STS does not say whom it refused.',
    texts: [{ by: 'AWS STS', found: text, source: 'https://docs.aws.amazon.com/' }],
    named: (['role', 'issuer', 'cluster', 'service account', 'pod'] as const).map((what) => ({ what, id: text, note: text })),
    causes,
    unread: report.coverage.unread,
    lookAt: [],
  };
}

const explanationIn = (width: number | null, all: boolean): Renderer => ({
  name: `explain${width === null ? '' : `, ${width} columns`}${all ? ', all' : ''}`,
  reads: 'answer',
  limit: null,
  ofMany: all ? /^10000\. /m : /^6667 causes are confirmed[^]*^Also possible|Ruled out: .* and \d+ more\./m,
  render: (report) => renderExplanation(explanationOf(report), { ...OPTIONS, width, all, read: report, source: ' --inventory a.json' }),
});

const asJson = (name: string, render: Renderer['render']): Renderer => ({ name: `${name}, JSON`, reads: 'object', limit: null, render });

export const QUESTION_RENDERERS: readonly Renderer[] = [
  chainIn(80, false),
  chainIn(null, true),
  asJson('why', (report) => renderChainJson(chainOf(report))),
  { name: 'probe', reads: 'answer', limit: null, render: (report) => renderProbe(PROBE(report), { color: false, width: 80 }) },
  { name: 'probe --pod', reads: 'answer', limit: null, render: (report) => renderPodProbe(POD_PROBE(report), { color: false, width: 80 }) },
  asJson('probe', (report) => renderProbeJson(POD_PROBE(report))),
  admissionsIn(80),
  admissionsIn(null),
  asJson('who and roles', (report) => renderAdmissionsJson(admissionsOf(report))),
  explanationIn(80, false),
  explanationIn(null, true),
  asJson('explain', (report) => renderExplanationJson(explanationOf(report))),
];
