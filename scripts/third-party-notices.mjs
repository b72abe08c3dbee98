// The licenses of the packages that are in a bundle: what MIT, BSD, ISC and Apache-2.0 ask of whoever passes the code on.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** What may be passed on inside a bundle, as SPDX names it. Anything else is checked by a person first. */
const PERMISSIVE = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Unlicense',
]);

/** Of `MIT OR GPL-2.0` the first alone holds here; of `MIT AND ISC` both do. */
const isPermissive = (license) =>
  license
    .replace(/[()]/g, '')
    .split(/\s+OR\s+/i)
    .some((choice) => choice.split(/\s+AND\s+/i).every((one) => PERMISSIVE.has(one)));

const LICENSE_FILE = /^(licen[cs]e|copying|notice)([-.].*)?$/i;

/** The folders of the packages whose code is in what a build wrote: those that were only checked do not count. */
export function packageFolders({ outputs }) {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const folders = inputs.flatMap(([path, { bytesInOutput }]) => {
    const [, folder] = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path) ?? [];
    return folder === undefined || bytesInOutput === 0 ? [] : [folder];
  });
  return [...new Set(folders)].sort();
}

/** The package URL of a package, in which the at sign of a scope is escaped. */
export const purlOf = ({ name, version }) => `pkg:npm/${name.replace('@', '%40')}@${version}`;

/** What a package says of itself. @throws where the license is none that may be passed on */
export function packageIn(folder) {
  const { name, version, license, licenses } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const declared = [license ?? licenses ?? []].flat().map((one) => one.type ?? one);
  const spdx = declared.join(' OR ');
  if (!isPermissive(spdx))
    throw new Error(
      `${name} ${version} is under ${spdx === '' ? 'no license that its package.json names' : spdx}, and its code would be in the bundle: ` +
        'take another package, or add the license to scripts/third-party-notices.mjs if it is permissive.',
    );
  return { name, version, spdx, purl: purlOf({ name, version }) };
}

function licenseOf(folder) {
  const { name, version, spdx } = packageIn(folder);
  const files = readdirSync(folder).filter((file) => LICENSE_FILE.test(file));
  // Line ends differ where nothing else does.
  const text = files
    .sort()
    .map((file) =>
      readFileSync(join(folder, file), 'utf8')
        .replace(/\r\n?/g, '\n')
        .replace(/[ \t]+$/gm, '')
        .trim(),
    )
    .join('\n\n');
  return { title: `${name} ${version} (${spdx})`, text };
}

/** The text of the notices, each license once under the packages that it is of. @throws where a package's license is not permissive */
export function noticesOf(metafile) {
  const packagesOf = new Map();
  for (const { title, text } of packageFolders(metafile).map(licenseOf)) packagesOf.set(text, [...(packagesOf.get(text) ?? []), title]);
  const parts = [...packagesOf].map(
    ([text, titles]) => `${titles.join('\n')}\n\n${text === '' ? 'The package holds no other text of it.' : text}`,
  );
  return `This software holds code of the packages below, under these licenses.\n\n${parts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}
