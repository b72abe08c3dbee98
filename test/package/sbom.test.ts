import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';

interface Component {
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly hashes?: readonly object[];
  readonly licenses: readonly { readonly license?: { readonly id: string }; readonly expression?: string }[];
  readonly properties: readonly { readonly name: string; readonly value: string }[];
}

const schema = (name: string): object =>
  JSON.parse(readFileSync(join('test/support/schemas', `cyclonedx-${name}.schema.json`), 'utf8')) as object;
const ajv = new Ajv({ strict: false, allErrors: true, logger: false, schemas: [schema('spdx'), schema('jsf-0.82')] });
addFormats.default(ajv);
const validate = ajv.compile(schema('bom-1.6'));

const bom = JSON.parse(readFileSync('dist/sbom.cdx.json', 'utf8')) as { readonly components: readonly Component[] };
const fullName = ({ group, name }: Component): string => (group === undefined ? name : `${group}/${name}`);
const licenseOf = ({ licenses: [first] }: Component): string => first?.license?.id ?? first?.expression ?? '';

describe('the bill of materials', () => {
  it('follows the schema of CycloneDX', () => {
    validate(bom);
    expect(validate.errors ?? []).toEqual([]);
    expect(validate({ ...bom, components: [{ name: 'no type' }] })).toBe(false);
  });

  it.each(['dist', 'dist/cli', 'dist/lambda'])(
    'names of %s what its notices name, in the same versions under the same licenses',
    (bundle) => {
      const notices = readFileSync(join(bundle, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
      const named = [...notices.matchAll(/^(\S+ \d+\.\d+\.\d+\S*) \((.+)\)$/gm)].map(
        ([, one, license]) => `${String(one)} (${String(license)})`,
      );
      const listed = bom.components
        .filter(({ properties }) => properties.some(({ value }) => value === bundle))
        .map((one) => `${fullName(one)} ${one.version} (${licenseOf(one)})`);
      expect(named.length).toBeGreaterThan(0);
      expect([...new Set(named)].sort()).toEqual(listed.sort());
    },
  );

  it('names each package once, with the hash of its archive', () => {
    expect(new Set(bom.components.map(({ purl }) => purl)).size).toBe(bom.components.length);
    expect(bom.components.filter(({ hashes = [] }) => hashes.length !== 1)).toEqual([]);
    const zod = bom.components.find((one) => fullName(one) === 'zod');
    const { version } = JSON.parse(readFileSync('node_modules/zod/package.json', 'utf8')) as { readonly version: string };
    expect(zod).toMatchObject({ version, purl: `pkg:npm/zod@${version}`, licenses: [{ license: { id: 'MIT' } }] });
    expect(bom.components.map(({ purl }) => purl)).toContainEqual(expect.stringMatching(/^pkg:npm\/%40aws-sdk\/client-iam@/));
  });
});
