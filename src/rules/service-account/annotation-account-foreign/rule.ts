import type { Has, RoleHas } from '../../../facts/account/facts.js';
import { namedServiceAccounts } from '../../../facts/trust/named-accounts.js';
import { parseRoleArn, type RoleArn } from '../../../facts/account/role-arn.js';
import { serviceAccountKey } from '../../../facts/account/service-account-key.js';
import { serviceAccountsOnAnnotations, annotationPatch, type LiveServiceAccount } from '../../../facts/account/service-accounts.js';
import { ROLE_ANNOTATION } from '../../../model/inventory/annotations.js';
import { defineRule, STS_NOT_AUTHORIZED, type Messages, type Raised } from '../../contract/define-rule.js';

/** The role of the same path and name in this account; null where there is none, and nothing to compare with. */
function namesake({ resource }: RoleArn, facts: Has<'roles'>): RoleHas | null {
  const { partition, account } = facts.inventory;
  return facts.role(`arn:${partition}:iam::${account}:role/${resource}`);
}

/** Whether its trust policy names the service account. */
function isFor(role: RoleHas, { cluster, serviceAccount: { namespace, name } }: LiveServiceAccount, facts: Has<'roles'>): boolean {
  return (namedServiceAccounts(cluster, facts).get(serviceAccountKey(namespace, name)) ?? []).some((one) => one.role === role);
}

const messages = {
  partition: ({ account, arn, partition }: { account: string; arn: string; partition: string }) =>
    `The service account ${account} names ${arn}, and its cluster is in the partition ${partition}: no role of another partition can be assumed.`,
  trusted: ({ account, arn }: { account: string; arn: string }) =>
    `The service account ${account} names ${arn}; the role of that name in this account is for it, and the other was not scanned.`,
  namesake: ({ account, arn }: { account: string; arn: string }) =>
    `The service account ${account} names ${arn}; this account has a role of that name too, and the other was not scanned.`,
} satisfies Messages;

/** What is wrong of an annotation, by what this account has in the place of the role that it names. */
interface Named {
  readonly of: LiveServiceAccount;
  /** What the annotation says. */
  readonly arn: string;
  /** The role of that name here; null where there is none. */
  readonly here: RoleHas | null;
  readonly isForIt: boolean;
}

/** Partitions are apart in everything: what names another is a mistake, whatever is there. */
function inAnotherPartition({ of, arn, here, isForIt }: Named, { inventory: { partition } }: Has): Raised {
  const right = here?.role.arn ?? null;
  const patches = right !== null && isForIt ? [annotationPatch(of, ROLE_ANNOTATION, right)] : [];
  return {
    message: messages.partition({ account: of.id, arn, partition }),
    severity: 'high',
    confidence: 'certain',
    error: null,
    evidence: [{ what: `annotation ${ROLE_ANNOTATION}`, path: null, found: arn, expected: right }],
    related: right === null ? [] : [{ type: 'role', id: right, why: 'has the same name in this account' }],
    issuer: of.cluster.url,
    fix: {
      summary: `Annotate the service account with ${right ?? `a role of the partition ${partition}`}, and restart its pods.`,
      ...(patches.length === 0 ? {} : { patches }),
    },
  };
}

/** Of another account nobody can tell from this side whether it is meant: there is nothing to run. */
function inAnotherAccount({ of, arn, here, isForIt }: Named): Raised | null {
  if (here === null) return null;
  const { arn: local } = here.role;
  return {
    message: messages[isForIt ? 'trusted' : 'namesake']({ account: of.id, arn }),
    ...(isForIt ? {} : { severity: 'info', confidence: 'possible' }),
    evidence: [{ what: `annotation ${ROLE_ANNOTATION}`, path: null, found: arn, expected: isForIt ? local : null }],
    related: [{ type: 'role', id: local, why: 'has the same name in this account' }],
    issuer: of.cluster.url,
    fix: {
      summary: isForIt
        ? `Annotate the service account with ${local}, unless the role of the other account is meant, and restart its pods.`
        : 'Name the role of this account, unless that of the other account is meant.',
    },
  };
}

/** The annotation names a role of another account, though this account has one of that name. */
export const annotationAccountForeign = defineRule({
  id: 'annotation-account-foreign',
  cause: 'sa-annotation-wrong-account',
  kind: 'break',
  severity: 'medium',
  confidence: 'likely',
  scope: 'cluster',
  link: 'role',
  needs: ['service-accounts', 'clusters', 'roles'],
  uses: ['pod-identity-associations', 'namespaces'],
  looksAt: ['workloads'],
  title: 'Annotated role not of this account',
  why: 'A manifest that was copied from another stage keeps the account of its roles. The other account would have to trust the issuer of this cluster; the role of the same name here is left unused.',
  error: STS_NOT_AUTHORIZED,
  references: ['EKS/associate-service-account-role.html', 'EKS/cross-account-access.html'],
  subjects: (facts, scope) => serviceAccountsOnAnnotations(facts, scope),
  evaluate: (of, facts) => {
    const arn = of.serviceAccount.annotations[ROLE_ANNOTATION] ?? '';
    const parsed = parseRoleArn(arn);
    const { account, partition } = facts.inventory;
    if (parsed === null || (parsed.account === account && parsed.partition === partition)) return [];
    const here = namesake(parsed, facts);
    const named = { of, arn, here, isForIt: here !== null && isFor(here, of, facts) };
    const raised = parsed.partition === partition ? inAnotherAccount(named) : inAnotherPartition(named, facts);
    return raised === null ? [] : [raised];
  },
});
