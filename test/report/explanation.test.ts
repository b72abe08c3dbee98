import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseInventory } from '../../src/saved/inventory-file.js';
import type { Explanation } from '../../src/model/report/explanation.js';
import { explainError, explainWith } from '../../src/pipeline/explain-error.js';
import { renderExplanation, renderExplanationJson } from '../../src/report/screens/explanation.js';
import { aFinding, aFix } from './report-builder.js';

const example = parseInventory(readFileSync('examples/account.json', 'utf8'));
const NOT_AUTHORIZED = 'AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity';

const plain = (explanation: Explanation, width = 80, all = false): string =>
  renderExplanation(explanation, { color: false, width, all, program: 'irsa-auditor' });

describe('renderExplanation', () => {
  it('says the answer first, then what it rests on, and how to mend it', () => {
    const text = plain(
      explainError('Incorrect token audience', example, { serviceAccount: 'catalog', namespace: 'shop', cluster: 'shop-staging' }),
    );
    const lines = text.split('\n');
    expect(lines[0]).toBe('Confirmed: Provider lacks the audience.');
    expect(lines).toContain('  It says:  The provider does not list the audience that the token has.');
    expect(lines).toContain('  Known as: Incorrect token audience (AWS STS)');
    expect(lines).toContain('            https://repost.aws/knowledge-center/eks-troubleshoot-irsa-errors');
    expect(lines).toContain('1. CONFIRMED  Provider lacks the audience');
    expect(text).toMatch(/^ {4}\$ aws iam add-client-id-to-open-id-connect-provider .*--client-id sts\.amazonaws\.com$/m);
    expect(lines).toContain('   irsa-auditor explain provider-audience-missing');
  });

  it('calls clusters and roles by their names, and asks again as it was asked', () => {
    const of = { serviceAccount: 'search', namespace: 'shop', cluster: 'shop-prod' };
    const { explanation, report } = explainWith(NOT_AUTHORIZED, example, of);
    const asked = { program: 'kubectl irsa-auditor', given: { access: ' --profile prod', kubeconfig: '', profile: 'prod' } };
    const text = renderExplanation(explanation, { ...asked, color: false, width: null, read: report, source: ' --inventory a.json' });
    expect(text).toContain('   Found on role/search.\n');
    expect(text).toContain('its trust policy trusts only the issuer eu-west-1/D08E6F15.\n');
    expect(text).toContain('\n   Grants access to: shop/search (to role/search) – confirm before running\n');
    expect(text).toContain('\n  kubectl irsa-auditor why sa/search -n shop --cluster shop-prod --inventory a.json --profile prod\n');
    expect(text).toContain('\n   kubectl irsa-auditor explain federated-provider-of-other-cluster\n');
    // What has no ready command is shown in full by what reads the same.
    expect(text).toMatch(/\n {3}Next: kubectl irsa-auditor show [0-9a-f]{12} --inventory a\.json\n/);
    expect(text).not.toContain(':role/search');
  });

  it('prints the commands of the first cause alone', () => {
    const text = plain(explainError(NOT_AUTHORIZED, example), 200, true);
    expect(text.split('\n')[0]).toMatch(/^5 causes are confirmed; the likeliest: /);
    expect(text).toContain('The text does not say whom it is about: name it with --service-account and -n, --pod, --role or --cluster.');
    expect(text.match(/^ {4}\$ /gm)?.length ?? 0).toBeLessThanOrEqual(1);
  });

  it('lists what is ruled out where everything is asked for, else its titles', () => {
    const explained = explainError(
      'No OpenIDConnect provider found in your account for https://oidc.eks.eu-west-1.amazonaws.com/id/7C1E0A94D2B85F36A91E4D70C3B8F652',
      example,
    );
    expect(plain(explained)).toMatch(/^Ruled out: .*IAM OIDC provider missing/ms);
    expect(plain(explained)).not.toContain('ruled out  ');
    expect(plain(explained, 80, true)).toMatch(/^\d+\. ruled out {2}IAM OIDC provider missing$/m);
  });

  it('says where to look where the text is not known', () => {
    const text = plain(explainError('segmentation fault', null));
    expect(text).toMatch(/^This text is not one that is known\.\n\nLook at:\n {2}- the line before it/);
  });

  it('says what is missing where a summary alone was given', () => {
    expect(plain(explainError('failed to refresh cached credentials, ', null)).split('\n')[0]).toBe(
      'What was given is not the error itself.',
    );
  });

  it('says that no account was asked, once', () => {
    const text = plain(explainError(NOT_AUTHORIZED, null));
    expect(text.split('\n')[0]).toMatch(/^\d+ possible causes; no account was asked\.$/);
    expect(text).not.toContain('No account was read');
  });

  it('breaks no line that begins like one of ours', () => {
    const hostile = `x ${'y'.repeat(70)} $ aws iam delete-role --role-name app`;
    const finding = aFinding({ message: hostile, fix: aFix({ summary: hostile }) });
    const explained = explainError(`${NOT_AUTHORIZED} arn:aws:iam::111122223333:role/a`, null);
    const [cause] = explained.causes;
    const text = plain({ ...explained, account: hostile, causes: [{ ...cause!, reason: hostile, next: hostile, findings: [finding] }] });
    expect(text.split('\n').filter((line) => /^\s*[$#>%] /.test(line))).toEqual([]);
  });

  it.each(['\u001b[2J\u001b]0;owned\u0007', '\u009b31m', '\r\n$ rm -rf /\r', '\u2028$ x', '\u202egpj\u2066', '\u200b\ufeff'])(
    'lets nothing of %j act',
    (active) => {
      const text = `AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity ${active} role arn:aws:iam::418527603941:role/x${active}`;
      const explained = explainError(text, example);
      const named = {
        ...explained,
        named: [{ what: 'role', id: active, note: active }] as const,
        texts: [{ by: 'AWS STS', found: active, source: 'https://x' }],
      };
      const [cause] = explained.causes;
      const filled = {
        ...named,
        account: active,
        causes: [{ ...cause!, reason: active, next: active, findings: [aFinding({ message: active })] }],
      };
      const ours = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;
      for (const one of [explained, filled]) {
        expect(renderExplanation(one, { color: false, width: 80, all: true, program: 'irsa-auditor' })).not.toMatch(ours);
        expect(renderExplanationJson(one)).not.toMatch(ours);
      }
      expect(JSON.parse(renderExplanationJson(filled))).toEqual(filled);
    },
  );
});
