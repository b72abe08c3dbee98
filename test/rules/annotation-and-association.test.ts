import { describe, expect, it } from '@jest/globals';
import type { Finding } from '../../src/model/report/finding.js';
import { DEFAULT_SETTINGS } from '../../src/model/report/settings.js';
import { auditInventory, whyNot } from '../../src/pipeline/pipeline.js';
import { caseOf } from '../cases/cases-of-rules.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';

const given = (name: string): Case => caseOf('pod-identity-and-irsa', name);

const ARN = 'arn:aws:iam::210987654321:role/';
const ISSUER = 'https://oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6';
const DENIED = 'AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity';

function findingOf(account: Case): Finding {
  const finding = auditInventory(inventoryOfCase(account)).findings.find(({ rule }) => rule === 'pod-identity-and-irsa');
  if (finding === undefined) throw new Error('nothing is told');
  return finding;
}

/** What is told: severity and error; and the pod as `why` has it. */
function told(account: Case): readonly unknown[] {
  const { severity, error } = findingOf(account);
  const { links } = whyNot(inventoryOfCase(account), { namespace: 'shop', serviceAccount: 'app' }, DEFAULT_SETTINGS);
  return [severity, error, links.find(({ link }) => link === 'pod')?.state];
}

const stuck = { name: 'app-1', owner: { kind: 'Deployment', name: 'app' } };
const owned = (account: Case): Case => ({ ...account, pods: (account.pods ?? []).map((pod) => ({ ...pod, ...stuck })) });

describe('a service account with an annotation and an association', () => {
  it('is no defect while nobody is refused', () => {
    expect(told(given('bad-both')).slice(0, 2)).toEqual(['info', null]);
    expect(told(given('bad-nobody-needs-the-provider')).slice(0, 2)).toEqual(['info', null]);
    expect(told(given('bad-old-pods-with-the-same-role'))).toEqual(['info', null, 'ok']);
    expect(told(given('bad-old-pods-with-another-role'))).toEqual(['info', null, 'undecided']);
    expect(told(given('bad-new-pods'))).toEqual(['info', null, 'ok']);
  });

  it('is one where STS refuses the web identity of running pods', () => {
    const noProvider = `InvalidIdentityToken: No OpenIDConnect provider found in your account for ${ISSUER}`;
    expect(told(given('bad-old-pods-without-provider'))).toEqual(['high', noProvider, 'broken']);
    expect(told(given('bad-old-pods-with-a-role-that-is-gone'))).toEqual(['high', DENIED, 'broken']);
    const deaf = given('bad-old-pods-with-another-role');
    const providers = (deaf.providers ?? []).map((one) => ({ ...one, clientIds: ['own.example'] }));
    expect(told({ ...deaf, providers }).slice(0, 2)).toEqual(['high', 'InvalidIdentityToken: Incorrect token audience']);
  });

  it('is a slight one where the role of the association does not take those to come', () => {
    expect(told(given('bad-new-pods-are-refused')).slice(0, 2)).toEqual(['low', null]);
  });

  it('says which of its pods go by what', () => {
    expect(findingOf(given('bad-new-pods')).message).toMatch(/: no pod goes by web identity, .* and the annotation does nothing\.$/);
    expect(findingOf(given('bad-both')).message).toMatch(
      /pods that are made now go by the association; what older ones go by was not read\.$/,
    );
    expect(findingOf(given('bad-old-pods-with-another-role')).message).toMatch(
      /: pod app-1 goes by web identity, those that are made now by the association\.$/,
    );
    const [old] = given('bad-old-pods-with-another-role').pods ?? [];
    const [young] = given('bad-new-pods').pods ?? [];
    const pods = [old, young].flatMap((pod, index) => (pod === undefined ? [] : [{ ...pod, name: `app-${index + 1}` }]));
    const { message, related } = findingOf({ ...given('bad-old-pods-with-another-role'), pods });
    expect([message, related.map(({ id }) => id)]).toEqual([
      `prod/shop/app is annotated with ${ARN}app and associated with ${ARN}other: pod app-1 goes by web identity, the other pods and those that are made now by the association.`,
      ['prod/shop/app-1'],
    ]);
  });

  it('would have pods made anew only where the role of the association takes them', () => {
    const restart = [expect.stringContaining('kubectl rollout restart deployment/app')];
    expect(findingOf(owned(given('bad-old-pods-without-provider'))).fix?.commands).toEqual(restart);
    expect(findingOf(owned(given('bad-old-pods-with-another-role'))).fix?.commands).toEqual([]);
    const { fix } = findingOf(owned(given('bad-new-pods-are-refused')));
    expect([fix?.summary, fix?.commands]).toEqual([expect.stringMatching(/^Do not restart its pods yet/), []]);
  });

  it('is never to lose the association where no role has web identity', () => {
    const isToLose = (name: string): boolean => /remove the association/.test(findingOf(given(name)).fix?.summary ?? '');
    expect(['bad-nobody-needs-the-provider', 'bad-old-pods-without-provider'].map(isToLose)).toEqual([false, false]);
    expect(['bad-both', 'bad-old-pods-with-another-role', 'bad-new-pods-are-refused'].map(isToLose)).toEqual([true, true, true]);
  });
});
