import type { IssuerId } from '../../model/inventory/issuer-id.js';
import { hasWildcard, literalStart } from '../../policy/pattern/glob.js';
import { nearest } from '../../lib/nearest.js';

/** Namespaces are DNS labels, service accounts DNS subdomains (Kubernetes, "Object Names and IDs"). */
const LABEL = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?';
const EXACT = new RegExp(`^system:serviceaccount:${LABEL}:${LABEL}(?:\\.${LABEL})*$`);
const PREFIX = 'system:serviceaccount:';

/** Further from every service account than this is another name, not a slip. */
const SLIP = 4;

/** What of a value no subject has, in the order in which it is told; after the mistakes before it are mended. */
function mistakesIn(value: string, wildcards: boolean): readonly string[] {
  const open = wildcards && hasWildcard(value);
  const plain = value
    .replace(/[\s\u00a0]/g, '')
    .toLowerCase()
    .replaceAll('/', ':');
  const fixed = open ? literalStart(plain) : plain;
  const hasPrefix = fixed.startsWith(PREFIX) || (open && PREFIX.startsWith(fixed));
  const parts = hasPrefix ? plain.split(':').length : 4;
  const name = plain.replaceAll('_', '-');
  const found: readonly (readonly [boolean, string])[] = [
    [/[\s\u00a0]/.test(value), 'it holds a blank'],
    [value.includes('/'), 'it holds a slash'],
    [/[A-Z]/.test(value), 'it holds an upper-case letter'],
    [value.includes('_'), 'it holds an underscore'],
    [!hasPrefix, `it does not begin with ${PREFIX}`],
    [parts > 4, 'it has a part too many'],
    [parts < 4 && !open, 'it has a part too few'],
    [open && /[^-a-z0-9.:*?]/.test(name), 'it holds a character that no name has'],
    [!open && hasPrefix && parts === 4 && !EXACT.test(name), 'its namespace or name is none that Kubernetes allows'],
  ];
  return found.flatMap(([isSo, words]) => (isSo ? [words] : []));
}

/** What keeps a value from being the subject of any service account, all of it; null where one can have it. */
export function subjectProblem(value: string, wildcards: boolean): string | null {
  // Nearly all are: the rest tells what is wrong with the others.
  if (EXACT.test(value)) return null;
  if (/^\s*arn:/i.test(value)) return 'it is an ARN';
  const mistakes = mistakesIn(value, wildcards);
  return mistakes.length === 0 ? null : mistakes.join(', ');
}

/** The subject that a malformed value was plainly meant to be; null where that cannot be told. */
export function cleanedSubject(value: string): string | null {
  // Nearly all are right as they stand.
  if (EXACT.test(value)) return value.startsWith(`${PREFIX}arn:`) ? null : value;
  const bare = value
    .replace(/[\s\u00a0]/g, '')
    .toLowerCase()
    .replace(/_/g, '-')
    .replace(/^(?:system:+)?(?:service-?accounts?)[:/]+/, '')
    .replace(/[/:]+/g, ':');
  const cleaned = `${PREFIX}${bare}`;
  return EXACT.test(cleaned) && !bare.startsWith('arn:') ? cleaned : null;
}

/**
 * How many service accounts are compared for one role. What comes nearest is a convenience: past these, a malformed value is told
 * without it.
 */
const COMPARED = 50_000;

/** Finds the existing service accounts that the values of one role were meant for. */
export class SubjectsMeant {
  private compared = 0;
  private readonly existing = new Map<string, ReadonlySet<string>>();

  /** @param subjectsOf the subjects of an issuer's service accounts, as far as read */
  constructor(
    private readonly subjectsOf: (url: IssuerId) => readonly string[],
    private readonly most = COMPARED,
  ) {}

  /** The cleaned value itself where there is such an account, else the nearest. */
  nearest(value: string, url: IssuerId): string | null {
    const existing = this.existing.get(url) ?? new Set(this.subjectsOf(url));
    this.existing.set(url, existing);
    const cleaned = cleanedSubject(value);
    if (cleaned !== null && existing.has(cleaned)) return cleaned;
    this.compared += existing.size;
    return this.compared > this.most ? null : nearest(cleaned ?? value, [...existing], SLIP);
  }
}
