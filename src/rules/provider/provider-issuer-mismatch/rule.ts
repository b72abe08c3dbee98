import type { IssuerId } from '../../../model/inventory/issuer-id.js';
import { clusterInWords } from '../../../facts/pod-identity/cluster-in-words.js';
import { isPassing } from '../../../model/inventory/cluster-status.js';
import { providerFor } from '../../../model/contract/about.js';
import { DEFAULT_AUDIENCE } from '../../../model/inventory/annotations.js';
import type { Confidence, Patch, Related } from '../../../model/report/finding.js';
import type { Has } from '../../../facts/account/facts.js';
import type { IssuerDifference } from '../../../facts/issuer/issuer-difference.js';
import { nearMisses } from '../../../facts/provider/near-issuer.js';
import { podsByHand } from '../../../facts/pod/role-by-hand.js';
import { podRelated } from '../../../facts/pod/running-pods.js';
import { retargetEdits } from '../../../facts/trust/switch-provider-edits.js';
import { issuingClustersIn, providerSubject, relatedUsers } from '../../../facts/account/subjects.js';
import { providerArn } from '../../../policy/language/federated.js';
import { repairTrustPolicy } from '../../../policy/edit/repair.js';
import { defineRule, noProvider, type Messages } from '../../contract/define-rule.js';

const DIFFERENCES: Readonly<Record<IssuerDifference, { readonly words: string; readonly confidence: Confidence }>> = {
  host: { words: 'it has another host for the same cluster id', confidence: 'certain' },
  case: { words: 'it is written in another case', confidence: 'likely' },
  typo: { words: 'its id differs in one or two characters', confidence: 'likely' },
  port: { words: 'it names a port', confidence: 'possible' },
  slash: { words: 'it differs by a slash at the end', confidence: 'possible' },
};

/** The roles that copied the wrong issuer, each with the policy that names the right one. */
function rolePatches(wrong: IssuerId, right: IssuerId, facts: Has<'roles'>): Patch[] {
  return facts.rolesTrusting(wrong).flatMap(({ role, statements }): Patch[] => {
    const edits = statements.flatMap((statement) =>
      statement.federated
        .filter(({ url, named }) => url === wrong && named.kind === 'oidc')
        .flatMap((principal) => retargetEdits(statement, principal, right, facts)),
    );
    return edits.length === 0
      ? []
      : [
          {
            resource: role.arn,
            region: null,
            kind: 'trust-policy',
            before: role.trustPolicy,
            after: repairTrustPolicy(role.trustPolicy, edits),
          },
        ];
  });
}

const messages = {
  other: ({ found, cluster, issuer, difference }: { found: string; cluster: string; issuer: string; difference: string }) =>
    `The provider ${found} was made for cluster ${cluster}, whose issuer is ${issuer}: ${difference}.`,
} satisfies Messages;

/** A provider that was plainly meant for a cluster and is not its issuer. */
export const providerIssuerMismatch = defineRule({
  id: 'provider-issuer-mismatch',
  cause: 'provider-issuer-mismatch',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'cluster',
  link: 'provider',
  needs: ['clusters', 'providers'],
  uses: ['roles'],
  looksAt: ['service-accounts', 'pod-identity-associations', 'addons', 'workloads'],
  title: 'Provider does not match the issuer',
  why: "STS compares the provider's URL with the token's issuer character by character. A provider for another spelling of the issuer, such as the dual-stack host, is never found.",
  errorForm: noProvider('{issuer}'),
  references: ['EKS/enable-iam-roles-for-service-accounts.html', 'IAM/id_roles_providers_create_oidc.html'],
  subjects: (facts, scope) =>
    issuingClustersIn(facts, scope)
      .filter(({ detail }) => !isPassing(detail))
      .flatMap((target) =>
        nearMisses(target.url, facts).map((near) => ({
          subject: providerSubject(near.provider),
          of: { target, near },
          unless: near.unless,
        })),
      ),
  evaluate: ({ target, near }, facts) => {
    const { account, partition } = facts.inventory;
    const { words, confidence } = DIFFERENCES[near.difference];
    const arn = providerArn(partition, account, target.url);
    const related = [
      {
        type: 'cluster',
        id: target.cluster.name,
        region: target.cluster.region,
        why: `in ${target.cluster.region}, has no provider of its own`,
      } satisfies Related,
      ...[...facts.rolesTrusting(near.url), ...facts.rolesTrusting(target.url)].map(({ role }): Related => ({
        type: 'role',
        id: role.arn,
        why: 'cannot be assumed from this cluster',
      })),
      ...relatedUsers(facts.usersOf(target.cluster), 'uses a role'),
      ...podsByHand(target, facts).map((workload): Related => ({
        ...podRelated(target.cluster, workload),
        region: target.cluster.region,
        why: 'names a role itself',
      })),
    ];
    return [
      {
        message: messages.other({
          found: near.url,
          cluster: clusterInWords(target.cluster, facts),
          issuer: target.issuer,
          difference: words,
        }),
        error: noProvider(target.issuer),
        confidence,
        evidence: [{ what: 'URL of the provider', path: null, found: near.url, expected: target.url }],
        related,
        issuer: target.url,
        about: [providerFor(target.url)],
        fix: {
          summary: `Create the provider for ${target.issuer}, and let the roles that name the other one name this.`,
          patches: [
            { resource: arn, region: null, kind: 'provider', before: null, after: { url: target.issuer, clientIds: [DEFAULT_AUDIENCE] } },
            ...rolePatches(near.url, target.url, facts),
          ],
        },
      },
    ];
  },
});
