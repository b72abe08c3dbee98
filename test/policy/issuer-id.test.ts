import { describe, expect, it } from '@jest/globals';
import { asIssuerId, issuerAddress, issuerIdIn, issuerIdOf, type IssuerId } from '../../src/model/inventory/issuer-id.js';
import { providerArn } from '../../src/policy/language/federated.js';

const ADDRESS = 'https://gitlab.example.com:8443/oidc';
const ID = 'gitlab.example.com:8443/oidc';

describe('the id of an issuer', () => {
  it('is what stands behind the scheme of its address, and in the ARN of its provider', () => {
    expect(issuerIdOf(ADDRESS)).toBe(ID);
    expect(issuerAddress(issuerIdOf(ADDRESS))).toBe(ADDRESS);
    expect(issuerIdIn(providerArn('aws', '210987654321', asIssuerId(ID)))).toBe(ID);
    expect(issuerIdIn('arn:aws:iam::210987654321:saml-provider/corp')).toBeNull();
  });

  it('is no address, and no address is one', () => {
    const text: string = issuerIdOf(ADDRESS);
    // @ts-expect-error an address is none: it has to be read as one
    const wrong: IssuerId = ADDRESS;
    expect([text, wrong]).toEqual([ID, ADDRESS]);
    // @ts-expect-error no ARN holds an address
    expect(providerArn('aws', '210987654321', ADDRESS)).toContain('https://');
  });
});
