import type { PackedPicture, PagePicture } from '../../src/report/page/page-data.js';
import { USUAL, subjectWords } from '../../src/report/page/usual.js';

/** A picture with what was left out of the data of the page. */
export function unpackedPicture({ issuers, roles, paths, texts }: PackedPicture): PagePicture {
  return {
    issuers,
    roles: roles.map(({ arn, name, administrative, policies, others }) => ({
      arn,
      name: name ?? arn.slice(arn.lastIndexOf(':') + 1),
      administrative: administrative ?? null,
      policies: policies ?? null,
      others: others ?? [],
    })),
    paths: paths.map(({ i, r, s, l, a, b, t, f, n, d }) => ({
      issuer: i,
      role: r,
      subject: s,
      label: l ?? subjectWords(s),
      audience: a ?? USUAL.audience,
      breadth: b ?? USUAL.breadth,
      state: t ?? USUAL.state,
      fails: f ?? null,
      note: n ?? '',
      details: (d ?? []).flatMap((place) => texts[place] ?? []),
    })),
  };
}
