import { describe, expect, it } from '@jest/globals';
import { asIssuerId } from '../../src/model/inventory/issuer-id.js';
import { deriveFacts } from '../../src/facts/account/facts.js';
import { issuerDifference } from '../../src/facts/issuer/issuer-difference.js';
import { nearMisses } from '../../src/facts/provider/near-issuer.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';

const ID = '4F7A95328C9446D45A451F35AEDE11E6';
const URL = `oidc.eks.eu-west-1.amazonaws.com/id/${ID}`;

describe('issuerDifference', () => {
  it.each([
    [URL, null],
    [`oidc-eks.eu-west-1.api.aws/id/${ID}`, 'host'],
    [`oidc.eks.us-west-2.amazonaws.com/id/${ID}`, 'host'],
    [`${URL}/`, 'slash'],
    [URL.toLowerCase(), 'case'],
    [`oidc.eks.eu-west-1.amazonaws.com:443/id/${ID}`, 'port'],
    [URL.replace('4F7A', '4F7B'), 'typo'],
    [URL.replace('4F7A95', '4F7B96'), 'typo'],
    [URL.replace('4F7A95', '4E7B96'), null],
    ['oidc.eks.eu-west-1.amazonaws.com/id/00000000000000000000000000000000', null],
    ['token.actions.githubusercontent.com', null],
  ])('%s: %s', (other, difference) => expect(issuerDifference(URL, other)).toBe(difference));

  it('of issuers that are not EKS sees slash, case and port alone', () => {
    expect(issuerDifference('gitlab.example.org', 'gitlab.example.org/')).toBe('slash');
    expect(issuerDifference('gitlab.example.org', 'gitlab.example.com')).toBeNull();
  });
});

describe('nearMisses', () => {
  const arn = (url: string): { arn: string } => ({ arn: `arn:aws:iam::210987654321:oidc-provider/${url}` });
  const dual = `oidc-eks.eu-west-1.api.aws/id/${ID}`;
  const typo = URL.replace('4F7A', '4F7B');
  const factsOf = (providers: string[], clusters: string[]) =>
    deriveFacts(
      inventoryOfCase({
        providers: providers.map(arn),
        clusters: clusters.map((url, index) => ({ name: `c${index}`, issuer: `https://${url}` })),
      }),
    );

  it('finds a provider that was meant for the issuer', () => {
    expect(nearMisses(asIssuerId(URL), factsOf([dual], [URL])).map(({ url, difference }) => [url, difference])).toEqual([[dual, 'host']]);
  });

  it('finds none where the exact provider exists', () => expect(nearMisses(asIssuerId(URL), factsOf([dual, URL], [URL]))).toEqual([]));
  it('leaves out the provider of another cluster', () => expect(nearMisses(asIssuerId(URL), factsOf([typo], [URL, typo]))).toEqual([]));
});
