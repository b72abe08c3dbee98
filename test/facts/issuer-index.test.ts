import { describe, expect, it } from '@jest/globals';
import { asIssuerId } from '../../src/model/inventory/issuer-id.js';
import fc from 'fast-check';
import { issuerDifference } from '../../src/facts/issuer/issuer-difference.js';
import { IssuerIndex } from '../../src/facts/issuer/issuer-index.js';

const ID = '4F7A95328C9446D45A451F35AEDE11E6';
const hexDigits = (length: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...'0123456789ABCDEF'), { minLength: length, maxLength: length }).map((digits) => digits.join(''));

/** One slip of the pen: a character changed, left out or added. */
const slip = fc.record({ at: fc.nat(40), kind: fc.constantFrom('change', 'drop', 'add'), digit: hexDigits(1) });

function slipped(id: string, { at, kind, digit }: { at: number; kind: string; digit: string }): string {
  const place = at % (id.length + 1);
  return id.slice(0, place) + (kind === 'drop' ? '' : digit) + id.slice(place + (kind === 'add' ? 0 : 1));
}

const host = fc.constantFrom(
  'oidc.eks.eu-west-1.amazonaws.com',
  'oidc.eks.us-east-1.amazonaws.com',
  'oidc-eks.eu-west-1.api.aws',
  'oidc.eks.eu-west-1.amazonaws.com:443',
);
const id = fc
  .tuple(
    fc.constantFrom(ID, ID.slice(0, 26), ID.slice(0, 27), ID.slice(0, 28), ID.slice(0, 29), 'EXAMPLE'),
    fc.array(slip, { maxLength: 3 }),
  )
  .map(([base, slips]) => slips.reduce(slipped, base));
const url = fc.oneof(
  { weight: 9, arbitrary: fc.tuple(host, id, fc.constantFrom('', '/')).map(([name, own, end]) => `${name}/id/${own}${end}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('gitlab.example.org', 'gitlab.example.org/', 'GitLab.example.org', 'gitlab.example.org:8443', ''),
  },
);

describe('an index of issuers', () => {
  it('finds whom comparing with all of them finds, in their order', () => {
    fc.assert(
      fc.property(fc.array(url, { maxLength: 24, size: 'max' }), url, (urls, wanted) => {
        const items = urls.map((one) => ({ url: asIssuerId(one) }));
        const alike = items.filter((one) => one.url.toLowerCase() === wanted.toLowerCase() || issuerDifference(wanted, one.url) !== null);
        expect(new IssuerIndex(items).near(asIssuerId(wanted))).toEqual(alike);
      }),
      { numRuns: 3000, seed: 20261123 },
    );
  });
});
