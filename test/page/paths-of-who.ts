import type { Admissions, Admitted } from '../../src/model/report/admission.js';
import { inert } from '../../src/lib/escape-text.js';

/** Each subject or pattern of an answer, `*` for everybody and empty for nobody known. Read off `who --format json`, as anybody can. */
function namesIn(who: Admitted): readonly string[] {
  if (who.kind === 'nobody') return [];
  if (who.kind === 'everybody') return ['*'];
  if (who.kind === 'exactly') return who.subjects;
  return who.kind === 'patterns' ? who.patterns : [''];
}

/** Every path that `roles --format json` gives, as one line each; what it leaves undecided is marked so. */
export function pathsOfWho({ roles }: Admissions): readonly string[] {
  const lines = roles.flatMap(({ role, entrances }) =>
    entrances.flatMap(({ issuer, audience, who, atMost }) => {
      const allowed = who.kind === 'undecided' ? [] : namesIn(who);
      const widest = atMost === undefined ? (who.kind === 'undecided' ? [''] : []) : namesIn(atMost);
      return [
        ...allowed.map((name) => `${issuer} ${audience} ${name} ${role} allowed`),
        ...widest.filter((name) => !allowed.includes(name)).map((name) => `${issuer} ${audience} ${name} ${role} undecided`),
      ];
    }),
  );
  return [...new Set(lines.map(inert))].sort();
}
