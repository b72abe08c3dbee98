import pc from 'picocolors';
import { listed } from '../../lib/list-in-words.js';
import type { Admissions, Admitted, Entrance, RoleAdmission } from '../../model/report/admission.js';
import { inert, inertJson } from '../../lib/escape-text.js';
import { pathInWords } from '../parts/evidence.js';
import { gapLine } from '../parts/gap-line.js';
import { namesOf, type Names } from '../layout/names.js';
import { TextPage } from '../layout/terminal-layout.js';
import { warningPaint, type Paint } from '../layout/paint.js';
import { standingAlone } from '../layout/paragraph.js';
import { subjectWords } from '../layout/subject-words.js';
import type { TextOptions } from './text.js';

/** Of more subjects, patterns or service accounts than these the rest is counted. */
const MOST_LISTED = 20;

const inertList = (names: readonly string[]): string => inert(listed(names, MOST_LISTED));

const pathList = (paths: readonly string[]): string => inertList(paths.map(pathInWords));

const exceptInWords = ({ except = [] }: { readonly except?: readonly string[] }): string =>
  except.length === 0 ? '' : `, except ${inertList(except)}`;

/** Who is allowed, in a few words. @param cluster whose issuer it is; null = that of none */
export function admittedInWords(who: Admitted, cluster: string | null): string {
  switch (who.kind) {
    case 'nobody':
      return 'nobody';
    case 'everybody':
      return `${cluster === null ? 'any subject of this issuer' : `any service account of ${cluster}`}${exceptInWords(who)}`;
    case 'exactly':
      return who.subjects.length === 1 ? inertList(who.subjects.map(subjectWords)) : `${who.subjects.length} subjects`;
    case 'patterns':
      return `any subject that matches ${inertList(who.patterns)}${exceptInWords(who)}`;
    case 'undecided':
      return 'undecided';
  }
}

const BECAUSE = {
  doubt: 'It depends on something that configuration does not tell, or that AWS has not documented.',
  steps: 'The trust policy is too involved to be decided within the steps that are spent on one role: make it simpler, or split the role.',
} as const;

/** The same of one entrance, with who it is at most where configuration cannot tell of everybody. */
const entranceInWords = ({ who, atMost }: Entrance, cluster: string | null): string =>
  atMost === undefined ? admittedInWords(who, cluster) : `${admittedInWords(who, cluster)}, at most ${admittedInWords(atMost, cluster)}`;

/** Whether these are the service accounts that are allowed by name. */
const areNamed = (who: Admitted, serviceAccounts: readonly string[]): boolean =>
  who.kind === 'exactly' && who.subjects.length === serviceAccounts.length && serviceAccounts.every((one) => namesOne(who, one));
const namesOne = ({ subjects }: Extract<Admitted, { readonly kind: 'exactly' }>, serviceAccount: string): boolean =>
  subjects.some((subject) => subjectWords(subject) === `sa ${serviceAccount}`);

/** Which service accounts of the cluster there are today, where that is not said already. */
function serviceAccountsInWords({ who, serviceAccounts, maybe = [] }: Entrance): string[] {
  if (serviceAccounts === null || who.kind === 'nobody') return [];
  if (serviceAccounts.length > 0 && maybe.length === 0 && areNamed(who, serviceAccounts)) return [];
  if (serviceAccounts.length + maybe.length === 0) {
    const none = 'Of the service accounts today none can assume the role.';
    return [who.kind === 'undecided' ? none : 'No service account of the cluster matches today.'];
  }
  return [
    ...(serviceAccounts.length === 0 ? [] : [`Service accounts today: ${inertList(serviceAccounts)}.`]),
    ...(maybe.length === 0 ? [] : [`Service accounts today that may assume the role: ${inertList(maybe)}.`]),
  ];
}

/** Which audiences the provider takes, where these deny everybody. */
const takenInWords = (clientIds: readonly string[]): string =>
  clientIds.length === 0
    ? 'The provider takes no audience (client ID): STS refuses every token of it.'
    : `The provider takes the audience ${inertList(clientIds)} alone, and no statement does.`;

/** What there is to say beyond these words. */
export function entranceDetails(entrance: Entrance): string[] {
  const { who, atMost, provider, statements, clientIds, meantFor } = entrance;
  const absent = provider === 'absent' ? ['The account has no provider for this issuer: STS refuses every token of it.'] : [];
  const unread = provider === 'unread' ? ['Whether the account has this provider could not be read.'] : [];
  const meant =
    meantFor === undefined ? [] : [`The provider was made for a cluster whose issuer is ${inert(meantFor)}: no token has this one.`];
  const taken = clientIds === undefined ? [] : [takenInWords(clientIds)];
  const blocked = who.kind === 'nobody' && who.because.length > 0 ? [`Blocked by ${pathList(who.because)}.`] : [];
  const widest = atMost ?? who;
  const subjects = widest.kind === 'exactly' && widest.subjects.length > 1 ? widest.subjects : [];
  const each = subjects.slice(0, MOST_LISTED).map((one) => standingAlone(inert(subjectWords(one))));
  const more = subjects.length > MOST_LISTED ? [`and ${subjects.length - MOST_LISTED} more`] : [];
  const open =
    who.kind === 'patterns' && who.openPatterns.length > 0
      ? [`Namespaces that no statement names are allowed by ${inertList(who.openPatterns)}.`]
      : [];
  const whole = who.kind === 'patterns' && who.namespaces.length > 0 ? [`Whole namespaces: ${inertList(who.namespaces)}.`] : [];
  const doubt = who.kind === 'undecided' ? [BECAUSE[who.limit ?? 'doubt']] : [];
  const by = statements.length > 0 ? [`By ${pathList(statements)} of the trust policy.`] : [];
  const today = serviceAccountsInWords(entrance);
  return [...absent, ...unread, ...meant, ...taken, ...blocked, ...each, ...more, ...open, ...whole, ...doubt, ...by, ...today];
}

/** `*` is any audience: of an issuer that is built into AWS, of which no provider lists them. */
const audienceInWords = ({ audience }: Entrance): string => (audience === '*' ? 'any audience' : `audience ${inert(audience)}`);

const paintFor = (who: Admitted, paint: Paint): ((text: string) => string) => {
  if (who.kind === 'everybody') return paint.red;
  if (who.kind === 'patterns' && who.openPatterns.length > 0) return paint.magenta;
  return who.kind === 'nobody' ? String : paint.bold;
};

/** Through which issuer: by its cluster where it has one here. */
function issuerInWords({ issuer, cluster, meantFor }: Entrance, names: Names): string {
  const [, region = '', name = ''] = /^([^/]+)\/([^]*)$/.exec(cluster ?? '') ?? [];
  if (cluster !== null) return inert(`cluster ${name} (${region})`);
  // Beside the one that it is taken for every digit counts.
  const short = meantFor === undefined ? names.sentence(issuer) : inert(issuer);
  return short === issuer ? short : `${short} (no cluster that was read)`;
}

function writeRole(page: TextPage, { role, administrative, entrances, others = [] }: RoleAdmission, paint: Paint, names: Names): void {
  const name = standingAlone(names.subject({ type: 'role', id: role }));
  page.text(`${paint.bold(name)}${administrative === null ? '' : `, administrative by ${inert(administrative)}`}`);
  const trusted = others.length === 0 ? '' : `It trusts others: ${inertList(others)}.`;
  if (entrances.length === 0) page.text(`No statement of its trust policy is for web identities. ${trusted}`.trim(), 2);
  for (const entrance of entrances) {
    const cluster = entrance.cluster === null ? null : names.cluster(entrance.cluster);
    page.text(standingAlone(`${issuerInWords(entrance, names)}, ${audienceInWords(entrance)}:`), 2);
    page.text(paintFor(entrance.atMost ?? entrance.who, paint)(standingAlone(entranceInWords(entrance, cluster))), 4);
    for (const detail of entranceDetails(entrance)) page.text(detail, 6);
  }
  if (entrances.length > 0 && trusted !== '') page.text(trusted, 2);
  page.blank();
}

/** The names in a list of roles: their account, and the clusters through which they are assumed. */
function namesIn({ account, roles }: Admissions): Names {
  const [, partition = 'aws'] = roles[0]?.role.split(':') ?? [];
  const issuers = new Map(
    roles.flatMap(({ entrances }) => entrances.flatMap(({ cluster, issuer }) => (cluster === null ? [] : [[cluster, issuer]]))),
  );
  const clusters = [...issuers].map(([place, issuer]) => ({
    region: place.split('/')[0] ?? '',
    name: place.slice(place.indexOf('/') + 1),
    issuer,
  }));
  return namesOf({ account, partition, clusters });
}

/** Who can assume which roles, for a terminal. What was not read is first. */
export function renderAdmissions(admissions: Admissions, { color, width }: TextOptions): string {
  const { unread, roles } = admissions;
  const paint = pc.createColors(color);
  const page = new TextPage(width);
  const gaps = unread.length === 0 ? null : gapLine({ complete: false, coverage: { unread }, rules: [] }, Number.MAX_SAFE_INTEGER, '');
  if (gaps !== null) {
    page.text(warningPaint(paint)(gaps));
    page.text('More may be allowed than is listed here.', 2);
    page.blank();
  }
  const names = namesIn(admissions);
  for (const role of roles) writeRole(page, role, paint, names);
  if (roles.length === 0)
    page.text(unread.length > 0 ? 'No role that could be read trusts web identities.' : 'No role of this account trusts web identities.');
  return page.toString();
}

/** The same as JSON, inert. */
export function renderAdmissionsJson(admissions: Admissions): string {
  return `${inertJson(JSON.stringify(admissions, null, 2))}\n`;
}
