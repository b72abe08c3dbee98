import { describe, expect, it } from '@jest/globals';
import { placeholderIn, placeholderInValue } from '../../src/facts/trust/placeholder.js';

const HERE = 'oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE0123456789ABCDEF012345678';
const known = { account: '123456789012', stands: (url: string) => url === HERE };

describe('text that nobody replaced', () => {
  it.each([
    ['arn:aws:iam::${AWS::AccountId}:oidc-provider/x', '${AWS::AccountId}'],
    ['system:serviceaccount:<namespace>:app', '<namespace>'],
    ['system:serviceaccount:{{ .Values.ns }}:app', '{{ .Values.ns }}'],
    ['system:serviceaccount:{{shut}:{{ns}}:app', '{{ns}}'],
    ['}}{{{a}b{{c}}', '{{c}}'],
    ['${{a}', '${{a}'],
    ['{{a ${{{b}', '${{{b}'],
    ['$OIDC_PROVIDER:sub', '$OIDC_PROVIDER'],
    ['arn:aws:iam::ACCOUNT_ID:oidc-provider/gitlab.com', 'ACCOUNT_ID'],
    ['OIDC_PROVIDER:aud', 'OIDC_PROVIDER'],
    ['repo:YOUR_ORG/web:*', 'YOUR_ORG'],
    ['system:serviceaccount:NAMESPACE:app', 'NAMESPACE'],
    ['oidc.eks.eu-west-1.amazonaws.com/id/XXXXXXXXXXXXXXXX:sub', 'XXXXXXXXXXXXXXXX'],
    ['oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E:sub', 'EXAMPLED539D4633E53DE1B716D3041E'],
    ['arn:aws:iam::111122223333:oidc-provider/gitlab.com', '111122223333'],
  ])('%s: %s', (text, found) => {
    expect(placeholderIn(text, known)).toBe(found);
  });

  it.each([
    `${HERE}:sub`,
    `arn:aws:iam::123456789012:oidc-provider/${HERE}`,
    'repo:example-org/web:*',
    '{b647835a-3c62}:{acaeff68}:*',
    'eu-west-1:aaaa-111122223333',
  ])('%s is none', (text) => {
    expect(placeholderIn(text, known)).toBeNull();
  });
});

describe('values', () => {
  it("takes IAM's own variables for what they are, where the version gives them meaning", () => {
    expect(placeholderInValue("system:serviceaccount:${aws:RequestTag/ns}:${aws:RequestTag/sa, 'app'}", true, known)).toBeNull();
    expect(placeholderInValue('release-${*}-${$}', true, known)).toBeNull();
    expect(placeholderInValue('system:serviceaccount:${aws:RequestTag/ns}:app', false, known)).toBe('${aws:RequestTag/ns}');
  });

  it("takes a name without a prefix for a template's", () => {
    expect(placeholderInValue('system:serviceaccount:${namespace}:app', true, known)).toBe('${namespace}');
    expect(placeholderInValue('${var.subject}', true, known)).toBe('${var.subject}');
    expect(placeholderInValue('${:name}${aws:username}', true, known)).toBe('${:name}');
    expect(placeholderInValue('}${a}${*}b}', true, known)).toBe('${a}');
  });

  it('takes what stands in an opening that nothing closes for part of the variable that does', () => {
    expect(placeholderInValue('${a${aws:username}', true, known)).toBeNull();
    expect(placeholderInValue('${:a${aws:username}', true, known)).toBeNull();
    expect(placeholderInValue('${'.repeat(3), true, known)).toBeNull();
  });
});
