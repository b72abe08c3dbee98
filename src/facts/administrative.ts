import { isObject } from '../lib/is-object.js';
import { memo, memoByText } from '../lib/memo.js';
import { asList, strings } from '../lib/one-or-list.js';
import type { Inventory, Json, Role } from '../model/inventory.js';
import { whatArrived } from '../model/observed.js';
import { matchesGlob, parseGlob } from '../policy/glob.js';

/** AWS managed policies that make a role the master of its account. */
const ADMINISTRATIVE_POLICIES = new Set(['AdministratorAccess', 'PowerUserAccess', 'IAMFullAccess']);

/** Actions each of which, on every resource, lets a role give itself more. */
const ESCALATING_ACTIONS = [
  'iam:PutRolePolicy',
  'iam:AttachRolePolicy',
  'iam:UpdateAssumeRolePolicy',
  'iam:CreatePolicyVersion',
  'iam:SetDefaultPolicyVersion',
  'iam:PutUserPolicy',
  'iam:AttachUserPolicy',
  'iam:CreateAccessKey',
  'iam:CreateLoginProfile',
];

/** The actions of the statements for every resource and under no condition, of one effect. */
function actionsOf(document: Record<string, Json>, effect: 'Allow' | 'Deny'): readonly string[] {
  return asList(document['Statement']).flatMap((statement) =>
    isObject(statement) &&
    statement['Effect'] === effect &&
    statement['Condition'] === undefined &&
    strings(statement['Resource']).includes('*')
      ? strings(statement['Action'])
      : [],
  );
}

/** The first of the actions that a policy allows on every resource under no condition, and does not deny likewise. */
function escalation(document: Json): string | null {
  if (!isObject(document)) return null;
  const allowed = actionsOf(document, 'Allow');
  if (allowed.length === 0) return null;
  const denied = actionsOf(document, 'Deny');
  const covering = (patterns: readonly string[]): ((action: string) => boolean) => {
    const globs = patterns.map((pattern) => parseGlob(pattern.toLowerCase()));
    return (action) => globs.some((glob) => matchesGlob(glob, action.toLowerCase()));
  };
  // All but IAM is administrative too, as PowerUserAccess is.
  const isDenied = allowed.includes('*') && !denied.includes('*') ? (): boolean => false : covering(denied);
  const isAllowed = covering(allowed);
  return ESCALATING_ACTIONS.find((action) => isAllowed(action) && !isDenied(action)) ?? null;
}

function byDocument(document: Json, name: string): string | null {
  const action = escalation(document);
  return action === null ? null : `${name} (${action} on every resource)`;
}

type Judge = (role: Role) => string | null;

/**
 * Tells why a role counts as administrative, or null. A permissions boundary is taken to stop it unless the boundary is
 * itself administrative: severity is raised only on what is certain.
 */
export const administrativeReasons = ({ managedPolicies }: Inventory): Judge => judgeBy(managedPolicies);

/** The slices that proofs look at share the account's list of policies. */
const judgeBy = memo((policies: Inventory['managedPolicies']): Judge => {
  const documents = new Map(whatArrived(policies).map(({ arn, document }) => [arn, document]));
  const byPolicy = memoByText((arn): string | null => {
    const aws = /^arn:[^:]+:iam::aws:policy\/(?:.*\/)?([^/]+)$/.exec(arn)?.[1];
    if (aws !== undefined) return ADMINISTRATIVE_POLICIES.has(aws) ? aws : null;
    const document = documents.get(arn);
    return document === undefined ? null : byDocument(document, arn.split('/').at(-1) ?? arn);
  });
  return ({ permissionsBoundaryArn, attachedPolicyArns, inlinePolicies }) => {
    if (permissionsBoundaryArn !== null && byPolicy(permissionsBoundaryArn) === null) return null;
    for (const arn of attachedPolicyArns) {
      const reason = byPolicy(arn);
      if (reason !== null) return reason;
    }
    for (const { name, document } of inlinePolicies) {
      const reason = byDocument(document, name);
      if (reason !== null) return reason;
    }
    return null;
  };
});

/** Whether what a role may do is not known, because policies of the account's own were not read. */
export function isPermissionUnread({ attachedPolicyArns }: Role, { account, managedPolicies }: Inventory): boolean {
  if (managedPolicies.known) return false;
  const read = new Set(whatArrived(managedPolicies).map(({ arn }) => arn));
  return attachedPolicyArns.some((arn) => arn.includes(`:${account}:policy/`) && !read.has(arn));
}
