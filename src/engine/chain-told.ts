import type { ChainLink, ChainTarget } from '../model/chain.js';
import { atLeast, isInside, type Finding, type Subject } from '../model/finding.js';
import type { Link } from '../model/links.js';
import type { Rule } from '../rules/define-rule.js';
import { broken, undecided } from './chain-link.js';
import type { AuditedBy } from './chain-permissions.js';

/** What a chain runs through, by the ids that findings have. */
export interface ChainIds {
  /** Its service account and that one's pods. */
  readonly own: ReadonlySet<string>;
  /** Its roles, its provider and its cluster. */
  readonly shared: ReadonlySet<string>;
  /** The one pod that is asked about: what is told of pods may be of others of its owner. Null = all. */
  readonly pod: string | null;
}

/** What is inside a cluster is called by its cluster's name, which another region may have too. */
const isIn = ({ region }: ChainTarget, subject: Subject): boolean => subject.region === null || subject.region === region;

/** Whether a finding says of what many share that this one suffers by it. */
const suffers = ({ subject, related }: Finding, { own }: ChainIds): boolean =>
  !isInside(subject) && related.some((one) => isInside(one) && own.has(one.id));

const breakIn = ({ rules }: AuditedBy, { rule }: Finding): Rule | null =>
  rules.find(({ id, kind }) => id === rule && kind === 'break') ?? null;

/**
 * What an audit found on the things of a chain. A break that names who suffers by it is the business of those alone: the role or
 * the provider may be right for all others.
 */
export function findingsOn(audit: AuditedBy, target: ChainTarget, ids: ChainIds): readonly Finding[] {
  return audit.report.findings.filter((finding) => {
    const { subject, related } = finding;
    if (!isIn(target, subject)) return false;
    if (ids.own.has(subject.id) || suffers(finding, ids)) return true;
    const isShared = ids.shared.has(subject.id) || ids.shared.has(subject.arn ?? '');
    const isItsBusiness = breakIn(audit, finding) === null || (subject.type === 'role' && !related.some(isInside));
    return (isShared && isItsBusiness) || related.some(({ id, type }) => type === 'service-account' && ids.own.has(id));
  });
}

/** Under which link of the chain it is shown what a rule says of one of its own. */
const SHOWN: Partial<Record<Link, string>> = {
  'service account of the pod': 'service account',
  'key of the annotation': 'annotation',
  'place of the annotation': 'annotation',
  'audience of the tokens': 'annotation',
  'webhook': 'pod',
  'credentials of the pod': 'pod',
  'role set by hand': 'pod',
  'trust of Pod Identity': 'trust policy',
  'session tags': 'trust policy',
  'conditions of Pod Identity': 'trust policy',
};

/** The links, of rules and of the chain, that hang on what the audience of the tokens is. */
const OF_AUDIENCE: ReadonlySet<string> = new Set([
  'audience of the tokens',
  'audiences of the provider',
  'audience of the provider',
  'audience',
]);

/**
 * What the audit takes for no more than possible no link takes for sure. That is so of audiences alone: which one tokens have in
 * China is not settled.
 */
function asDoubted(links: readonly ChainLink[], audit: AuditedBy, findings: readonly Finding[]): readonly ChainLink[] {
  const told = findings.filter((finding) => OF_AUDIENCE.has(breakIn(audit, finding)?.link ?? ''));
  if (told.length === 0 || told.some(({ confidence }) => confidence !== 'possible')) return links;
  return links.map((one) => (OF_AUDIENCE.has(one.link) && one.state === 'broken' ? { ...one, ...undecided(one.says) } : one));
}

/** Whether a finding is of the workload that is asked about; what is told of pods may be of others of its owner. */
const isOf =
  (ids: ChainIds) =>
  (one: Finding): boolean =>
    (ids.own.has(one.subject.id) && (ids.pod === null || one.subject.type !== 'pod')) || suffers(one, ids);

/** Whether the audit could not look for some break of a chain, for what was asked for and not read. */
function isDoubted({ rules, report }: AuditedBy, { region, cluster }: ChainTarget, { own, shared }: ChainIds): boolean {
  const places = new Set(['account', region, `${region}/${cluster}`, ...own, ...shared]);
  const breaks = new Set(rules.filter(({ kind }) => kind === 'break').map(({ id }) => id));
  return report.rules.some(
    ({ id, notEvaluated }) => breaks.has(id) && notEvaluated.some(({ scope, reason }) => reason !== 'not-requested' && places.has(scope)),
  );
}

/**
 * How sure a broken chain is: as the surest break that the audit tells of it. What `why` alone names is certain where the audit
 * looked for every break.
 */
export function surenessOf(audit: AuditedBy, findings: readonly Finding[], target: ChainTarget, ids: ChainIds): 'certain' | 'likely' {
  const told = findings.filter((one) => breakIn(audit, one) !== null && atLeast(one.severity, 'low') && isOf({ ...ids, pod: null })(one));
  const isSure = told.length === 0 ? !isDoubted(audit, target, ids) : told.some(({ confidence }) => confidence === 'certain');
  return isSure ? 'certain' : 'likely';
}

/**
 * The links with what the audit says against them: where it tells of a break that keeps this workload out and no link says so, the
 * link that it speaks of does not hold. Slight findings are no breaks, whatever their rule.
 * @param findings those on this chain
 */
export function withWhatIsTold(
  links: readonly ChainLink[],
  audit: AuditedBy,
  findings: readonly Finding[],
  ids: ChainIds,
): readonly ChainLink[] {
  const isOwn = isOf(ids);
  const own = asDoubted(links, audit, findings.filter(isOwn));
  if (own.some(({ state }) => state === 'broken')) return own;
  const told = findings.filter((one) => atLeast(one.severity, 'medium') && isOwn(one));
  const [worst] = told.flatMap((finding) => {
    const rule = breakIn(audit, finding);
    return rule === null ? [] : [{ finding, link: SHOWN[rule.link] ?? rule.link }];
  });
  if (worst === undefined) return own;
  const { finding, link } = worst;
  const found = finding.confidence === 'possible' ? undecided(finding.message) : broken(finding.message, finding.error);
  const at = own.findIndex((one) => one.link === link);
  if (at >= 0) return own.with(at, { link, ...found });
  const last = own.findIndex((one) => one.link === 'permissions');
  return last < 0 ? [...own, { link, ...found }] : own.toSpliced(last, 0, { link, ...found });
}
