import type { ChainLink, ChainTarget } from '../../model/report/chain.js';
import { atLeast, isInside, type Finding, type Related, type Subject } from '../../model/report/finding.js';
import type { Link } from '../../model/contract/chain-links.js';
import type { Rule } from '../../rules/contract/define-rule.js';
import { broken, undecided } from './chain-link.js';
import type { AuditedBy } from './chain-permissions.js';

/** What a chain runs through, by the ids that findings have. */
export interface ChainIds {
  /** Of its cluster: another region may have one of the same name, with all that is in it. */
  readonly region: string;
  /** Its service account and that one's pods, as `ownKey` makes them. */
  readonly own: ReadonlySet<string>;
  /** Its service account where that is asked about; null = all pods of their owner are, whatever they run as. */
  readonly runAs: string | null;
  /** Whether some of its pods alone are asked about. */
  readonly isOfSome: boolean;
  /** Its roles, its provider and its cluster. */
  readonly shared: ReadonlySet<string>;
  /** Whether its service account has a role: pods that run as the wrong one are then those of another, whatever owns them. */
  readonly hasRole: boolean;
  /** Whether its pods go by the role of their service account: else what is wrong with that is told, and breaks nothing of theirs. */
  readonly takesGiven: boolean;
  /** Whether what is told of its pods is told of all that are asked about: else it may be of others of their owner. */
  readonly areAlike: boolean;
  /** Whether its service account may have its role by an association that was not read, for whatever reason. */
  readonly mayBeAssociated: boolean;
}

/** By type and id: what owns pods may be called as another service account is. */
export const ownKey = ({ type, id }: Pick<Subject, 'type' | 'id'>): string => `${type === 'pod' ? 'pod' : 'account'} ${id}`;

/** The id in such a key: no name in Kubernetes holds a blank. */
const idOfKey = (key: string): string => key.slice(key.indexOf(' ') + 1);

/** What is inside a cluster is called by its cluster's name, which another region may have too. */
const isIn = ({ region }: ChainIds, of: string | null): boolean => of === null || of === region;

/** Whether pods run as who is asked about: the steps of a workflow and the executors of Spark have owners in common with others. */
const runsAs = (serviceAccount: string | undefined, { runAs }: ChainIds): boolean =>
  serviceAccount === undefined || runAs === null || serviceAccount === runAs;

/** Whether what a finding touches is one's own; where it does not say of which region it is, it is of that of its subject. */
const isOwnOf =
  ({ subject }: Finding, ids: ChainIds) =>
  (one: Related): boolean =>
    isInside(one) &&
    ids.own.has(ownKey(one)) &&
    (one.type !== 'pod' || runsAs(one.serviceAccount, ids)) &&
    isIn(ids, one.region ?? subject.region);

/** What is one's own of those who suffer by what a finding says of what many share. */
const sufferers = (finding: Finding, ids: ChainIds): readonly Related[] =>
  isInside(finding.subject) ? [] : finding.related.filter(isOwnOf(finding, ids));

const suffers = (finding: Finding, ids: ChainIds): boolean => sufferers(finding, ids).length > 0;

/** Whether it is only some of its pods that suffer by a finding, and nobody can tell which. */
const isPartly = (finding: Finding, ids: ChainIds): boolean =>
  suffers(finding, ids) && sufferers(finding, ids).every(({ partly }) => partly === true);

const breakIn = ({ rules }: AuditedBy, { rule }: Finding): Rule | null =>
  rules.find(({ id, kind }) => id === rule && kind === 'break') ?? null;

/** Whether a finding is on one's own service account or pods: on pods it names the service account that they run as. */
const isOnOwn = ({ subject, related }: Finding, ids: ChainIds): boolean =>
  ids.own.has(ownKey(subject)) &&
  (subject.type !== 'pod' || related.some((one) => one.type === 'service-account' && runsAs(one.serviceAccount ?? one.id, ids)));

/**
 * What an audit found on the things of a chain. A break that names who suffers by it is the business of those alone: the role or
 * the provider may be right for all others.
 */
export function findingsOn(audit: AuditedBy, ids: ChainIds): readonly Finding[] {
  return audit.report.findings.filter((finding) => {
    const { subject, related } = finding;
    if (!isIn(ids, subject.region)) return false;
    if (isOnOwn(finding, ids) || suffers(finding, ids)) return true;
    const isShared = ids.shared.has(subject.id) || ids.shared.has(subject.arn ?? '');
    const isItsBusiness = breakIn(audit, finding) === null || (subject.type === 'role' && !related.some(isInside));
    // What is told of other pods of its service account, where some alone are asked about, is theirs.
    if (ids.isOfSome && subject.type === 'pod') return false;
    return (isShared && isItsBusiness) || related.some((one) => one.type === 'service-account' && isOwnOf(finding, ids)(one));
  });
}

/** Under which link of the chain it is shown what a rule says of one of its own. */
const SHOWN: Partial<Record<Link, string>> = {
  'service account of the pod': 'service account',
  'key of the annotation': 'annotation',
  'place of the annotation': 'annotation',
  'audience of the tokens': 'annotation',
  'audiences of the provider': 'audience of the provider',
  'webhook': 'pod',
  'credentials of the pod': 'pod',
  'role set by hand': 'pod',
  'trust of Pod Identity': 'trust policy',
  'session tags': 'trust policy',
  'conditions of Pod Identity': 'trust policy',
};

/**
 * Whether a finding is of the workload that is asked about. What is told of pods may be of others of its owner, but for the service
 * account that they run as.
 */
const isOf =
  (ids: ChainIds, audit: AuditedBy) =>
  (one: Finding): boolean => {
    const isOfWrongServiceAccount = breakIn(audit, one)?.link === 'service account of the pod';
    const mayBeOfOthers = isOfWrongServiceAccount ? ids.hasRole : !ids.areAlike && one.subject.type === 'pod';
    if (!ids.takesGiven && one.subject.type !== 'pod') return sufferers(one, ids).some(({ type }) => type === 'pod');
    return (isOnOwn(one, ids) && !mayBeOfOthers) || suffers(one, ids);
  };

/** What pods suffer by that do not take what their service account is given comes before what is told of that. */
export function ownFirst(findings: readonly Finding[], audit: AuditedBy, ids: ChainIds): readonly Finding[] {
  if (ids.takesGiven) return findings;
  const isOwn = isOf(ids, audit);
  return [...findings.filter(isOwn), ...findings.filter((one) => !isOwn(one))];
}

/** The first rule by which the audit could not look for a break in some places, for what was asked for and not read; null where there is none. */
function doubtIn({ rules, report }: AuditedBy, places: ReadonlySet<string>): Rule | null {
  const isOpen = (id: string): boolean =>
    report.rules.some(
      (one) => one.id === id && one.notEvaluated.some(({ scope, reason }) => reason !== 'not-requested' && places.has(scope)),
    );
  return rules.find(({ kind, id }) => kind === 'break' && isOpen(id)) ?? null;
}

/** Itself, and where it is. */
const placesOf = ({ region, cluster }: ChainTarget, { own }: ChainIds): readonly string[] => [
  'account',
  region,
  `${region}/${cluster}`,
  // As the subject of what was not evaluated of it.
  cluster,
  ...[...own].map(idOfKey),
];

/** Whether the audit could not look for some break of a chain. */
const isDoubted = (audit: AuditedBy, target: ChainTarget, ids: ChainIds): boolean =>
  doubtIn(audit, new Set([...placesOf(target, ids), ...ids.shared])) !== null;

/**
 * Unread is not clean: links that all hold do not where the audit could not look for a break of this workload. What is unread of the
 * way to a role its own link says; of a service account without one nobody else would say whether it is meant to have it.
 */
export function withWhatIsUnread(links: readonly ChainLink[], audit: AuditedBy, target: ChainTarget, ids: ChainIds): readonly ChainLink[] {
  if (links.some(({ state }) => state !== 'ok')) return links;
  const rule = doubtIn(audit, new Set(ids.hasRole ? [...ids.own].map(idOfKey) : placesOf(target, ids)));
  if (rule === null) return links;
  const named = SHOWN[rule.link] ?? rule.link;
  const at = Math.max(
    links.findIndex(({ link }) => link === named),
    links.findIndex(({ link }) => link === 'annotation' || link === 'association'),
  );
  const one = links[at];
  if (one === undefined) return links;
  return links.with(at, { ...one, ...undecided(`${one.says} Whether that is all could not be read: ${rule.id} was not evaluated.`) });
}

/**
 * How sure a broken chain is: as the surest break that the audit tells of it. What `why` alone names is certain where the audit
 * looked for every break.
 */
export function surenessOf(audit: AuditedBy, findings: readonly Finding[], target: ChainTarget, ids: ChainIds): 'certain' | 'likely' {
  const told = findings.filter(
    (one) => breakIn(audit, one) !== null && atLeast(one.severity, 'low') && isOf({ ...ids, areAlike: true }, audit)(one),
  );
  const isSure =
    told.length === 0 ? !ids.mayBeAssociated && !isDoubted(audit, target, ids) : told.some(({ confidence }) => confidence === 'certain');
  return isSure ? 'certain' : 'likely';
}

/**
 * The links with what the audit says against them: where it tells of a break that denies this workload and no link says so, the
 * link that it speaks of does not hold. Slight findings are no breaks, whatever their rule.
 * @param findings those on this chain
 */
export function withWhatIsTold(
  links: readonly ChainLink[],
  audit: AuditedBy,
  findings: readonly Finding[],
  ids: ChainIds,
): readonly ChainLink[] {
  const isOwn = isOf(ids, audit);
  if (links.some(({ state }) => state === 'broken')) return links;
  const told = findings.filter((one) => atLeast(one.severity, 'medium') && isOwn(one));
  const [worst] = told.flatMap((finding) => {
    const rule = breakIn(audit, finding);
    return rule === null ? [] : [{ finding, link: SHOWN[rule.link] ?? rule.link }];
  });
  if (worst === undefined) return links;
  const { finding, link } = worst;
  const found =
    finding.confidence === 'possible' || isPartly(finding, ids) ? undecided(finding.message) : broken(finding.message, finding.error);
  const at = links.findIndex((one) => one.link === link);
  if (at >= 0) return links.with(at, { link, ...found });
  const last = links.findIndex((one) => one.link === 'permissions');
  return last < 0 ? [...links, { link, ...found }] : links.toSpliced(last, 0, { link, ...found });
}
