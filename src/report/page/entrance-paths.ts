import { inert } from '../../lib/escape-text.js';
import { plural } from '../../lib/plural.js';
import type { Admitted, Entrance } from '../../model/report/admission.js';
import { admittedInWords, entranceDetails } from '../screens/admissions.js';
import { pathInWords } from '../parts/evidence.js';
import { ONE_SERVICE_ACCOUNT, subjectWords } from '../layout/subject-words.js';
import type { PagePath } from './page-data.js';

/** One way through an entrance, before it is known where the picture has its issuer and role. */
export type Way = Omit<PagePath, 'issuer' | 'role'>;

/** The same entrance for one of its subjects or patterns: what is told of it concerns no other. */
function entranceOf(entrance: Entrance, who: Admitted, isAlone: boolean): Entrance {
  const { serviceAccounts, maybe = [] } = entrance;
  const { issuer, audience, provider, cluster, statements } = entrance;
  const rest = { issuer, audience, provider, cluster, statements };
  const [subject] = who.kind === 'exactly' ? who.subjects : [];
  const isMeant = (one: string): boolean => one === subject?.replace(ONE_SERVICE_ACCOUNT, '$1/$2');
  if (subject !== undefined)
    return { ...rest, who, serviceAccounts: serviceAccounts?.filter(isMeant) ?? null, maybe: maybe.filter(isMeant) };
  // Of several patterns it is not known here which of them a service account matches.
  return { ...rest, who, serviceAccounts: isAlone ? serviceAccounts : null, maybe: isAlone ? maybe : [] };
}

/** What a row has under its name where there is something to say: how many service accounts match, and whom it leaves out. */
function noteOf(who: Admitted, { serviceAccounts, maybe = [] }: Entrance): string {
  const except = (who.kind === 'everybody' || who.kind === 'patterns') && (who.except ?? []).length > 0 ? ', with exceptions' : '';
  if (serviceAccounts === null) return except.slice(2);
  const count = serviceAccounts.length + maybe.length;
  if (who.kind === 'exactly') return count === 0 && ONE_SERVICE_ACCOUNT.test(who.subjects[0] ?? '') ? 'no such service account today' : '';
  return `${count === 0 ? 'matches none' : plural(count, 'service account')} today${except}`;
}

/** Each of whom an entrance allows by itself. */
function eachOf(who: Admitted): readonly { readonly one: Admitted; readonly subject: string; readonly breadth: Way['breadth'] }[] {
  switch (who.kind) {
    case 'nobody':
      return [];
    case 'everybody':
      return [{ one: who, subject: '*', breadth: 'everybody' }];
    case 'exactly':
      return who.subjects.map((subject) => ({ one: { ...who, subjects: [subject] }, subject, breadth: 'named' }));
    case 'patterns':
      return who.patterns.map((subject) => ({ one: { ...who, patterns: [subject] }, subject, breadth: 'pattern' }));
    case 'undecided':
      return [{ one: who, subject: '', breadth: 'unknown' }];
  }
}

const BLOCKED = 'blocked by ';

/** Which link of an entrance fails through which nobody is allowed, in a few words. */
function brokenWay(entrance: Entrance): Way {
  const { provider, clientIds, meantFor, who, audience } = entrance;
  const because = who.kind === 'nobody' ? who.because.map((path) => inert(pathInWords(path))) : [];
  const [fails, note]: readonly ['issuer' | 'role', string] =
    provider === 'absent'
      ? ['issuer', 'no OIDC provider for this issuer']
      : meantFor !== undefined
        ? ['issuer', 'provider made for another issuer']
        : clientIds !== undefined
          ? ['issuer', 'provider and policy share no audience']
          : ['role', because.length === 0 ? 'no statement allows it' : `${BLOCKED}${because.slice(0, 2).join(', ')}`];
  return { audience, subject: '', label: 'nobody', breadth: 'nobody', state: 'broken', fails, note, details: entranceDetails(entrance) };
}

const wordsFor = (one: Admitted, cluster: string | null): string => {
  if (one.kind === 'exactly') return inert(subjectWords(one.subjects[0] ?? ''));
  if (one.kind === 'patterns') return inert(one.patterns.join(', '));
  return one.kind === 'everybody' ? admittedInWords({ kind: 'everybody' }, cluster) : 'not decided';
};

/** The ways through one entrance: those that the policy allows, those that nothing decides, or the one that is broken. */
export function waysThrough(entrance: Entrance, cluster: string | null): readonly Way[] {
  const { who, atMost, audience } = entrance;
  const certain = who.kind === 'undecided' && atMost !== undefined ? [] : eachOf(who);
  const known = new Set(certain.map(({ subject }) => subject));
  const open = atMost === undefined ? [] : eachOf(atMost).filter(({ subject }) => !known.has(subject));
  if (certain.length + open.length === 0) return [brokenWay(entrance)];
  const isAlone = certain.length + open.length === 1;
  return [...certain, ...open].map(({ one, subject, breadth }): Way => {
    const own = entranceOf(entrance, one, isAlone);
    const isOpen = who.kind === 'undecided' || !known.has(subject);
    return {
      audience: inert(audience),
      subject: inert(subject),
      label: wordsFor(one, cluster),
      breadth,
      state: isOpen ? 'undecided' : 'allowed',
      fails: null,
      note: isOpen ? 'undecided' : noteOf(one, own),
      details: [...(isOpen ? ['Whether it is allowed, configuration does not tell.'] : []), ...entranceDetails(own)],
    };
  });
}
