// What is inside the bundles, for whoever installs them: a software bill of materials in CycloneDX 1.6.
import { readFileSync } from 'node:fs';
import { packageFolders, packageIn, purlOf } from './third-party-notices.mjs';

/** An id where SPDX has one, else an expression of several: `(MIT OR Apache-2.0)`. */
const licensesOf = (spdx) => (/\s/.test(spdx) ? [{ expression: spdx }] : [{ license: { id: spdx } }]);

/** The hashes of a package's archive, as the lock file has them. */
function hashesOf(folder, lock) {
  const [, sha512] = /^sha512-(\S+)$/.exec(lock.packages[folder]?.integrity ?? '') ?? [];
  return sha512 === undefined ? {} : { hashes: [{ alg: 'SHA-512', content: Buffer.from(sha512, 'base64').toString('hex') }] };
}

/** @param bundles which bundles hold it */
function componentOf(folder, bundles, lock) {
  const { name, version, spdx, purl } = packageIn(folder);
  const [last, scope] = name.split('/').reverse();
  return {
    'type': 'library',
    'bom-ref': purl,
    ...(scope === undefined ? {} : { group: scope }),
    'name': last,
    version,
    ...hashesOf(folder, lock),
    'licenses': licensesOf(spdx),
    purl,
    'properties': bundles.map((value) => ({ name: 'irsa-auditor:bundle', value })),
  };
}

/**
 * The text of the bill of materials. It has no time and no serial number: the same sources make the same bytes.
 * @param metafiles what esbuild says of each bundle, by the folder or file of it
 */
export function sbomOf(metafiles, { name, version, description, license }) {
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  // By its package URL: one version of a package may lie in several folders.
  const found = new Map();
  for (const [bundle, metafile] of Object.entries(metafiles))
    for (const folder of packageFolders(metafile)) {
      const { purl } = packageIn(folder);
      const known = found.get(purl) ?? { folder, bundles: new Set() };
      found.set(purl, { ...known, bundles: known.bundles.add(bundle) });
    }
  const components = [...found.values()].map(({ folder, bundles }) => componentOf(folder, [...bundles].sort(), lock));
  components.sort((left, right) => (left.purl < right.purl ? -1 : 1));
  const root = purlOf({ name, version });
  const component = {
    'type': 'application',
    'bom-ref': root,
    name,
    version,
    description,
    'licenses': licensesOf(license),
    'purl': root,
  };
  const bom = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component },
    components,
    dependencies: [{ ref: root, dependsOn: components.map(({ purl }) => purl) }],
  };
  return `${JSON.stringify(bom, null, 2)}\n`;
}
