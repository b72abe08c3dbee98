import { associatedAccounts, clusterIn } from '../../facts/associations.js';
import type { Facts, RoleFacts } from '../../facts/facts.js';
import { allows, freePolicyName } from '../../facts/role-permissions.js';
import { roleSubject } from '../../facts/subject-of.js';
import { admitsAssociatedRole, type TargetAdmission } from '../../facts/target-role.js';
import type { Cluster, PodIdentityAssociation } from '../../model/inventory.js';
import { whatArrived } from '../../model/observed.js';
import { ASSUME_ROLE, TAG_SESSION } from '../../policy/pod-identity.js';
import { defineRule, type Raised, type Repair } from '../define-rule.js';

interface Chained {
  readonly cluster: Cluster;
  readonly association: PodIdentityAssociation;
  /** That of the association. */
  readonly role: RoleFacts;
  readonly target: RoleFacts;
}

const NOTHING_OF_AWS: ReadonlySet<string> = new Set();

/** What is wrong: nobody names the role, an action is missing, a condition is not met, or the role may not ask; null = nothing that is certain. */
type Wrong = 'unnamed' | 'untagged' | 'condition' | 'permission';

function wrongWith(
  { association, role, target }: Chained,
  assume: TargetAdmission,
  tag: TargetAdmission,
  { inventory }: Facts,
): Wrong | null {
  if (assume.outcome === 'no') return assume.unmet.length > 0 ? 'condition' : 'unnamed';
  // What it is tagged with where session tags are off, is not written.
  if (tag.outcome === 'no' && association.disableSessionTags !== true) return 'untagged';
  if (assume.outcome !== 'yes' || !assume.byAccount) return null;
  return allows(role.role, inventory, ASSUME_ROLE, target.role.arn, NOTHING_OF_AWS) === 'no' ? 'permission' : null;
}

function repair(wrong: Wrong, { association, role, target }: Chained, { unmet, naming }: TargetAdmission): Repair {
  const arn = role.role.arn;
  const [statement] = naming;
  switch (wrong) {
    case 'unnamed':
      return {
        summary: `Add a statement that lets ${arn} take the role; the others stay.`,
        edits: [{ kind: 'add-statement', statement: { Effect: 'Allow', Principal: { AWS: arn }, Action: [ASSUME_ROLE, TAG_SESSION] } }],
      };
    case 'untagged':
      return {
        summary: `Allow ${TAG_SESSION} beside ${ASSUME_ROLE}.`,
        edits:
          statement === undefined
            ? []
            : [{ kind: 'actions', statement: statement.index, actions: [...statement.actions.map(({ value }) => value), TAG_SESSION] }],
      };
    case 'condition': {
      const [first] = unmet;
      const id = association.externalId ?? null;
      if (unmet.length !== 1 || first?.key.toLowerCase() !== 'sts:externalid' || id === null)
        return { summary: 'Have the conditions of the trust policy take in what the association is.' };
      return { summary: `Name the external id of the association, ${id}.`, edits: [{ kind: 'condition', path: first.path, values: [id] }] };
    }
    case 'permission': {
      const document = {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: [ASSUME_ROLE, TAG_SESSION], Resource: target.role.arn }],
      };
      const policy = [
        '--policy-name',
        freePolicyName(role.role, `assume-${target.role.name}`),
        '--policy-document',
        JSON.stringify(document),
      ];
      return {
        summary: `Allow ${arn} to take the target role, which trusts its account and not it by name.`,
        commands: [['aws', 'iam', 'put-role-policy', '--role-name', role.role.name, ...policy]],
      };
    }
  }
}

function evaluate(chained: Chained, facts: Facts): readonly Raised[] {
  const { cluster, association, role, target } = chained;
  const { account } = facts.inventory;
  if (target.policy.problems.length > 0) return [];
  const assume = admitsAssociatedRole(target.policy, ASSUME_ROLE, association, account);
  const wrong = wrongWith(chained, assume, admitsAssociatedRole(target.policy, TAG_SESSION, association, account), facts);
  if (wrong === null) return [];
  const principals = target.policy.statements.flatMap((statement) => statement.principals);
  return [
    {
      message: wrong,
      data: {
        account: `${cluster.name}/${association.namespace}/${association.serviceAccount}`,
        role: role.role.arn,
        principals: [...new Set(principals.map(({ kind, value }) => `${kind} ${value}`))].join(', ') || 'nobody',
        conditions: assume.unmet.map(({ key, values }) => `${key} ${values.map(({ value }) => value).join(' or ')}`).join('; '),
      },
      evidence:
        wrong === 'condition'
          ? assume.unmet.map(({ key, path, values }) => ({
              what: `condition ${key}`,
              path,
              found: values.map(({ value }) => value),
              expected: association.externalId ?? null,
            }))
          : principals.map(({ kind, value, path }) => ({ what: `${kind} principal`, path, found: value, expected: null })),
      related: [
        { type: 'role', id: role.role.arn, why: 'is the role of the association, and cannot take this one' },
        ...associatedAccounts({ cluster, associations: [association] }, 'its pods get no credentials of the target role'),
      ],
      fix: repair(wrong, chained, assume),
    },
  ];
}

/** The target role of a Pod Identity association does not let the role of the association in. */
export const targetRoleTrustMissing = defineRule<Chained>({
  id: 'target-role-trust-missing',
  cause: 'podid-trust-missing',
  since: '0.1.0',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'cluster',
  needs: ['roles', 'pod-identity-associations'],
  uses: [],
  title: 'The target role does not admit the role of the association',
  why: 'An association with a target role chains two roles: EKS takes the first, and with it the second. The second has to trust the first, with sts:AssumeRole and sts:TagSession; nothing checks that when the association is made.',
  error: null,
  references: ['https://docs.aws.amazon.com/eks/latest/userguide/pod-id-assign-target-role.html'],
  messages: {
    unnamed:
      'The Pod Identity association of {account} goes on to this role from {role}, which its trust policy does not admit: it admits {principals}.',
    untagged: `The Pod Identity association of {account} goes on to this role from {role}, which its trust policy allows ${ASSUME_ROLE} without ${TAG_SESSION}.`,
    condition: 'The Pod Identity association of {account} goes on to this role from {role}, and does not meet {conditions}.',
    permission: `The Pod Identity association of {account} goes on to this role, which trusts the account; {role} has no permission for ${ASSUME_ROLE} on it.`,
  },
  subjects: (facts, scope) => {
    const cluster = clusterIn(facts, scope);
    if (cluster === null) return [];
    return whatArrived(cluster.podIdentityAssociations).flatMap((association) => {
      const [role, target] = [facts.role(association.roleArn ?? ''), facts.role(association.targetRoleArn ?? '')];
      return role === null || target === null ? [] : [{ subject: roleSubject(target.role), of: { cluster, association, role, target } }];
    });
  },
  evaluate,
});
