import type { PagePath, PagePicture, PageProblem } from '../../src/report/page/page-data.js';
import { el } from '../lib/dom.js';
import { counted } from '../lib/words.js';
import { badge } from '../lib/badge.js';
import type { ReportPage } from '../lib/state.js';
import { goesThrough, issuerKey, mayOf, roleKey, toneOf, TONES } from './strands.js';

const MOST_WAYS = 60;

/** One way in words: from whom, by which subject, to which role, and what there is to say of it. */
function way(path: PagePath, { issuers, roles }: PagePicture): HTMLElement {
  const [issuer, role] = [issuers[path.issuer], roles[path.role]];
  const audience = path.audience === '' ? '' : path.audience === '*' ? ', any audience' : `, audience ${path.audience}`;
  const state = path.state === 'allowed' ? null : el('strong', { class: `state ${path.state}` }, `${path.state}: ${path.note} `);
  return el(
    'li',
    {},
    state,
    `${issuer?.name ?? ''} (${issuer?.note ?? ''}${audience}) → ${path.label} → ${role?.name ?? ''}`,
    role?.administrative == null ? '' : ` (administrative by ${role.administrative})`,
    path.details.length === 0 ? null : el('span', { class: 'quiet' }, ` ${path.details.join(' ')}`),
  );
}

function problemLink({ severity, name, title, fingerprint }: PageProblem, { address }: ReportPage): HTMLElement {
  return el(
    'li',
    {},
    badge(severity),
    ' ',
    el('a', { href: address({ tab: 'problems', open: fingerprint.slice(0, 12) }) }, `${name}: ${title}`),
  );
}

/** The nodes that are drawn as one. */
function members(at: string, page: ReportPage, picture: PagePicture): readonly Node[] {
  const kind = at.replace('more:', '');
  const some = picture.issuers.flatMap((one, index) => (one.kind === kind ? [[one, issuerKey(picture, index)] as const] : []));
  return [
    el('h2', {}, counted(some.length, 'issuer')),
    el(
      'ul',
      { class: 'members' },
      ...some.map(([{ name, note }, key]) =>
        el('li', {}, el('a', { href: page.address({ at: key }) }, name), el('span', { class: 'quiet' }, ` ${note}`)),
      ),
    ),
  ];
}

interface Chosen {
  readonly title: string;
  readonly facts: readonly string[];
  readonly problems: readonly PageProblem[];
}

function chosen(at: string, ways: readonly PagePath[], { data }: ReportPage, picture: PagePicture): Chosen {
  const { roles, issuers } = picture;
  const role = roles.findIndex((_, index) => roleKey(picture, index) === at);
  const issuer = issuers.findIndex((_, index) => issuerKey(picture, index) === at);
  const [itsRole, itsIssuer, first] = [roles[role], issuers[issuer], ways[0]];
  if (itsRole !== undefined) {
    const others = itsRole.others.length === 0 ? [] : [`Trusts others too: ${itsRole.others.join(', ')}.`];
    const facts = [
      itsRole.administrative === null
        ? 'Not administrative, as far as its policies were read.'
        : `Administrative by ${itsRole.administrative}.`,
      `Policies: ${mayOf(picture, role)}.`,
      ...others,
    ];
    return { title: itsRole.arn, facts, problems: data.problems.filter((one) => one.roles.includes(role)) };
  }
  if (itsIssuer !== undefined)
    return {
      title: itsIssuer.name,
      facts: [itsIssuer.note, itsIssuer.issuer],
      problems: data.problems.filter((one) => one.issuers.includes(issuer)),
    };
  const through = new Set(ways.map((one) => one.role));
  return {
    title:
      first === undefined
        ? 'Nothing in this picture is called so.'
        : first.subject === '' || first.subject === '*'
          ? first.label
          : first.subject,
    facts: first === undefined ? [] : [issuers[first.issuer]?.name ?? ''],
    problems: data.problems.filter((one) => one.roles.some((place) => through.has(place))),
  };
}

/** What there is to say of the node that is chosen: its ways and its problems. */
export function nodePanel(at: string, page: ReportPage, picture: PagePicture): readonly Node[] {
  const close = el('button', { type: 'button', class: 'close', click: () => page.go({ at: '' }) }, 'Close');
  if (at.startsWith('more:')) return [close, ...members(at, page, picture)];
  const ways = picture.paths
    .filter((path) => goesThrough(picture, path, at))
    .sort((left, right) => TONES.indexOf(toneOf(left, picture)) - TONES.indexOf(toneOf(right, picture)));
  const { title, facts, problems } = chosen(at, ways, page, picture);
  const left = ways.length - MOST_WAYS;
  return [
    close,
    el('h2', {}, title),
    ...facts.map((fact) => el('p', { class: 'quiet' }, fact)),
    el('h3', {}, counted(ways.length, 'path')),
    el(
      'ul',
      {},
      ...ways.slice(0, MOST_WAYS).map((one) => way(one, picture)),
      left > 0 ? el('li', {}, `and ${left.toLocaleString('en')} more`) : null,
    ),
    el('h3', {}, problems.length === 0 ? 'No problem of this report is about it.' : counted(problems.length, 'problem')),
    el(
      'ul',
      { class: 'links' },
      ...problems.slice(0, MOST_WAYS).map((one) => problemLink(one, page)),
      problems.length > MOST_WAYS ? el('li', {}, `and ${problems.length - MOST_WAYS} more`) : null,
    ),
  ];
}
