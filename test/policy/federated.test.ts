import { describe, expect, it } from '@jest/globals';
import { asIssuerId, issuerIdIn, issuerIdOf } from '../../src/model/inventory/issuer-id.js';
import { parseFederated, providerArn } from '../../src/policy/language/federated.js';
import { ARN, URL } from './request.js';

describe('parseFederated', () => {
  it.each(['aws', 'aws-cn', 'aws-us-gov', 'aws-iso', 'aws-iso-b', 'aws-eusc'])('reads a provider of partition %s', (partition) => {
    const arn = providerArn(partition, '210987654321', asIssuerId(URL));
    expect(parseFederated(arn)).toEqual({ kind: 'oidc', arn, partition, account: '210987654321', url: URL });
  });

  it.each(['gitlab.example.com:8443/oidc', 'token.actions.githubusercontent.com', 's3.eu-west-1.amazonaws.com/bucket-with.dots/keys_1'])(
    'takes %s for an issuer',
    (url) => {
      expect(parseFederated(providerArn('aws', '210987654321', asIssuerId(url)))).toMatchObject({ kind: 'oidc', url });
    },
  );

  it('knows SAML providers and web identity domains', () => {
    expect(parseFederated('arn:aws:iam::210987654321:saml-provider/corp')).toMatchObject({ kind: 'saml' });
    for (const domain of ['cognito-identity.amazonaws.com', 'accounts.google.com', 'www.amazon.com', 'graph.facebook.com'])
      expect(parseFederated(domain)).toEqual({ kind: 'domain', domain });
  });

  it.each([
    [`arn:aws:iam::210987654321:oidc-provider/https://${URL}`, 'it holds "https://", which is no part of a provider\'s ARN', URL],
    [`arn:aws:iam::210987654321:saml-provider/${URL}`, 'it names a SAML provider by an address', URL],
    [`arn:aws:iam:::oidc-provider/${URL}`, 'its account is not twelve digits', URL],
    [`arn:aws:iam::21098765432:oidc-provider/${URL}`, 'its account is not twelve digits', URL],
    [`arn:aws:iam::210987654321:oidc-provider/${URL} `, 'it holds blanks', URL],
    [URL, 'it has no ":oidc-provider/" before the issuer', URL],
    [`https://${URL}`, 'it holds "https://", which is no part of a provider\'s ARN, it has no ":oidc-provider/" before the issuer', URL],
    [`http://${URL}`, 'it holds "https://", which is no part of a provider\'s ARN, it has no ":oidc-provider/" before the issuer', URL],
    [
      `arn:aws:iam::210987654321:saml-provider/http://${URL}`,
      'it holds "https://", which is no part of a provider\'s ARN, it names a SAML provider by an address',
      URL,
    ],
    [
      `arn:aws:iam::210987654321:saml-provider/https://${URL}`,
      'it holds "https://", which is no part of a provider\'s ARN, it names a SAML provider by an address',
      URL,
    ],
    [
      ` arn:aws:iam::2109:oidc-provider/https://${URL}`,
      'it holds blanks, it holds "https://", which is no part of a provider\'s ARN, its account is not twelve digits',
      URL,
    ],
    [`the arn:aws:iam::210987654321:oidc-provider/${URL}`, 'it holds blanks', URL],
    [`xarn:aws:iam:::oidc-provider/${URL}`, 'it is not arn:<partition>:iam::<account>:oidc-provider/<issuer without https://>', URL],
    [`oidc-provider:${URL}`, 'it has no ":oidc-provider/" before the issuer', URL],
    ['arn:aws:iam::210987654321:oidc-provider/', 'it is not arn:<partition>:iam::<account>:oidc-provider/<issuer without https://>', null],
    ['', 'it has no ":oidc-provider/" before the issuer', null],
    ['${OIDC_PROVIDER}', 'it has no ":oidc-provider/" before the issuer', null],
  ])('says of %j what is wrong and which issuer was meant', (value, problem, url) => {
    expect(parseFederated(value)).toEqual({ kind: 'malformed', value, problem, url });
  });
});

describe('issuer and ARN', () => {
  it('takes the scheme off an issuer and nothing else', () => {
    expect([issuerIdOf(`https://${URL}/`), issuerIdOf(URL), issuerIdOf(`http://${URL}`)]).toEqual([`${URL}/`, URL, `http://${URL}`]);
    expect(issuerIdOf(`a/https://${URL}`)).toBe(`a/https://${URL}`);
  });

  it.each([`x${ARN}`, `${ARN}\nmore`])('takes %j for no ARN', (text) => expect(issuerIdIn(text)).toBe(null));

  it('reads the URL inside an ARN', () => {
    expect([issuerIdIn(ARN), issuerIdIn('arn:aws:iam::210987654321:saml-provider/corp'), issuerIdIn('x')]).toEqual([URL, null, null]);
  });
});
