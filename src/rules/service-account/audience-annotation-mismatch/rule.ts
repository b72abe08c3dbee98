import type { Carriers, Has } from '../../../facts/account/facts.js';
import { mistakenAudience } from '../../../facts/trust/mistaken-audience.js';
import { serviceAccountsOnAnnotations, annotationPatch, type LiveServiceAccount } from '../../../facts/account/service-accounts.js';
import { tokensFor } from '../../../model/contract/about.js';
import { AUDIENCE_ANNOTATION, DEFAULT_AUDIENCE } from '../../../model/inventory/annotations.js';
import { defineRule, STS_NOT_AUTHORIZED, STS_WRONG_AUDIENCE, type Messages, type Raised } from '../../contract/define-rule.js';

/** The audience that both the provider and the role take: the usual one, else the only one. */
function agreed(clientIds: readonly string[], takes: (audience: string) => boolean): string | null {
  if (clientIds.includes(DEFAULT_AUDIENCE) && takes(DEFAULT_AUDIENCE)) return DEFAULT_AUDIENCE;
  const both = clientIds.filter(takes);
  return both.length === 1 ? (both[0] ?? null) : null;
}

const messages = {
  unknown: ({ account, audience, clientIds, demanded }: { account: string; audience: string; clientIds: string; demanded: string }) =>
    `The service account ${account} asks for the audience ${audience}; the provider takes ${clientIds}, the trust policy ${demanded}.`,
  odd: ({ account, audience, demanded }: { account: string; audience: string; demanded: string }) =>
    `The service account ${account} asks for the audience ${audience}; the trust policy takes ${demanded}, with which others come.`,
} satisfies Messages;

function evaluate(of: LiveServiceAccount, facts: Has<'roles' | 'providers' | Carriers>): readonly Raised[] {
  const { serviceAccount, cluster } = of;
  const mistaken = mistakenAudience(serviceAccount, cluster.url, facts);
  if (mistaken === null) return [];
  const { audience, role, provider, clientIds, demanded, takes } = mistaken;
  const right = agreed(clientIds, takes);
  const isListed = clientIds.includes(audience);
  const told = { account: of.id, audience, demanded: demanded.join(', ') || 'any' };
  return [
    {
      message: isListed ? messages.odd(told) : messages.unknown({ ...told, clientIds: clientIds.join(', ') || 'none' }),
      evidence: [{ what: `annotation ${AUDIENCE_ANNOTATION}`, path: null, found: audience, expected: right }],
      related: [
        ...(isListed ? [] : [{ type: 'provider' as const, id: provider, why: 'does not take this audience' }]),
        { type: 'role', id: role.role.arn, why: demanded.length === 0 ? 'requires no audience' : 'requires another audience' },
      ],
      issuer: cluster.url,
      about: [tokensFor(cluster.url, [audience])],
      ...(isListed ? { error: STS_NOT_AUTHORIZED } : {}),
      fix:
        right === null
          ? { summary: 'Ask for an audience that the provider lists and the trust policy requires.' }
          : {
              summary: `${right === DEFAULT_AUDIENCE ? 'Take the annotation away' : `Ask for ${right}`}, in the chart or manifest that the service account belongs to, and restart its pods.`,
              patches: [annotationPatch(of, AUDIENCE_ANNOTATION, right === DEFAULT_AUDIENCE ? null : right)],
            },
    },
  ];
}

/** A service account asks for an audience that neither the provider nor the role knows, or that the role refuses while others are allowed. */
export const audienceAnnotationMismatch = defineRule({
  id: 'audience-annotation-mismatch',
  cause: 'sa-audience-mismatch',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'cluster',
  link: 'audience of the tokens',
  needs: ['service-accounts', 'clusters', 'providers', 'roles'],
  uses: ['pod-identity-associations', 'namespaces'],
  looksAt: ['addons', 'workloads'],
  title: 'Audience annotation does not match',
  why: 'The annotation eks.amazonaws.com/audience replaces the audience sts.amazonaws.com in the tokens of the pods. The provider and the trust policy both have to know the other one. Where others are allowed with what the trust policy requires, the annotation is what differs.',
  error: STS_WRONG_AUDIENCE,
  references: ['https://github.com/aws/amazon-eks-pod-identity-webhook', 'IAM/id_roles_providers_create_oidc.html'],
  subjects: (facts, scope) => serviceAccountsOnAnnotations(facts, scope),
  evaluate,
});
