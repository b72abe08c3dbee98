import type { PackedPath, PackedPicture, PagePath, PagePicture, PageRole } from './page-data.js';
import { USUAL, subjectWords } from './usual.js';

/** The texts of a picture, each once. */
class Texts {
  readonly list: string[] = [];
  private readonly places = new Map<string, number>();

  placeOf(text: string): number {
    const known = this.places.get(text);
    if (known !== undefined) return known;
    this.places.set(text, this.list.length);
    return this.list.push(text) - 1;
  }
}

function packedPath({ issuer, role, subject, details, ...path }: PagePath, texts: Texts): PackedPath {
  return {
    i: issuer,
    r: role,
    s: subject,
    ...(path.label === subjectWords(subject) ? {} : { l: path.label }),
    ...(path.audience === USUAL.audience ? {} : { a: path.audience }),
    ...(path.breadth === USUAL.breadth ? {} : { b: path.breadth }),
    ...(path.state === USUAL.state ? {} : { t: path.state }),
    ...(path.fails === null ? {} : { f: path.fails }),
    ...(path.note === '' ? {} : { n: path.note }),
    ...(details.length === 0 ? {} : { d: details.map((detail) => texts.placeOf(detail)) }),
  };
}

const packedRole = ({ arn, name, administrative, policies, others }: PageRole): PackedPicture['roles'][number] => ({
  arn,
  ...(arn.endsWith(`:${name}`) ? {} : { name }),
  ...(administrative === null ? {} : { administrative }),
  ...(policies === null ? {} : { policies }),
  ...(others.length === 0 ? {} : { others }),
});

/** A picture with what is as usual left out: of a thousand roles that is most of it. */
export function packedPicture({ issuers, roles, paths }: PagePicture): PackedPicture {
  const texts = new Texts();
  const packed = paths.map((path) => packedPath(path, texts));
  return { issuers, roles: roles.map(packedRole), paths: packed, texts: texts.list };
}
