import type { InventoryHas } from '../../model/contract/has.js';
import { memo, memoByText } from '../../lib/memo.js';
import type { Inventory, Json, Role } from '../../model/inventory/inventory.js';
import { seen } from '../../model/inventory/observed.js';
import { coversAction, coversResource, unconditionalIn, type Permission } from '../../policy/actions/permissions.js';

/** AWS managed policies that make a role the master of its account, with what they come to (AWS Managed Policy Reference Guide). */
const OF_AWS: ReadonlyMap<string, Json> = new Map<string, Json>([
  ['AdministratorAccess', { Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }],
  ['PowerUserAccess', { Statement: { Effect: 'Allow', NotAction: ['iam:*', 'organizations:*', 'account:*'], Resource: '*' } }],
  ['IAMFullAccess', { Statement: { Effect: 'Allow', Action: 'iam:*', Resource: '*' } }],
]);

/** Actions each of which, on everything of its kind, lets a role give itself more. */
const ESCALATING: readonly (readonly [string, 'role' | 'policy' | 'user'])[] = [
  ['iam:PutRolePolicy', 'role'],
  ['iam:AttachRolePolicy', 'role'],
  ['iam:UpdateAssumeRolePolicy', 'role'],
  ['iam:CreatePolicyVersion', 'policy'],
  ['iam:SetDefaultPolicyVersion', 'policy'],
  ['iam:PutUserPolicy', 'user'],
  ['iam:AttachUserPolicy', 'user'],
  ['iam:CreateAccessKey', 'user'],
  ['iam:CreateLoginProfile', 'user'],
  ['iam:UpdateLoginProfile', 'user'],
];

const PASS_ROLE = 'iam:PassRole';
/** What runs code of one's own under a role that is passed to it: with `iam:PassRole` on every role, any role of the account. */
const RUNNING = [
  'lambda:CreateFunction',
  'ec2:RunInstances',
  'ecs:RegisterTaskDefinition',
  'cloudformation:CreateStack',
  'codebuild:CreateProject',
  'glue:CreateJob',
  'sagemaker:CreateNotebookInstance',
];

/** One action of each of many services: who may take all of them but one may take about everything. */
const TELLING = [
  's3:GetObject',
  'ec2:RunInstances',
  'lambda:UpdateFunctionCode',
  'secretsmanager:GetSecretValue',
  'kms:Decrypt',
  'dynamodb:GetItem',
  'ssm:SendCommand',
];
const LEFT_OUT = 1;

/** Something that no policy names: what takes it in takes in everything. */
const ANYTHING = 'anything-else';

/** What one policy allows and denies whatever the circumstances; severity is raised only on what is certain. */
interface Grants {
  readonly allowed: readonly Permission[];
  readonly denied: readonly Permission[];
  /** Some of what it allows may be an action of IAM: without, nothing makes a role administrative. Most policies have none. */
  readonly reachesIam: boolean;
}

const OF_IAM = /^(?:iam:|[^:]*[*?])/i;
const reachesIam = ({ actions, negatedAction }: Permission): boolean => negatedAction || actions.some((action) => OF_IAM.test(action));

const mayReachIam = (document: Json): boolean => unconditionalIn(document, 'Allow').some(reachesIam);

function grantsOf(document: Json): Grants {
  const [allowed, denied] = [unconditionalIn(document, 'Allow'), unconditionalIn(document, 'Deny')];
  return { allowed, denied, reachesIam: mayReachIam(document) };
}

const cover = (permissions: readonly Permission[], action: string, resource: string): boolean =>
  permissions.some((one) => coversAction(one, action) && coversResource(one, resource));

interface NamedPolicy extends Grants {
  readonly name: string;
  readonly isOfAws: boolean;
}

/** What a role may do for certain, by all of its policies and within its boundary. */
interface Bounds {
  readonly may: (action: string, resource: string) => boolean;
  readonly anyOf: (kind: 'role' | 'policy' | 'user') => string;
}

const isEverything = ({ actions, negatedAction }: Permission): boolean =>
  negatedAction || actions.some((action) => /^\*(?::\*)?$/.test(action));

/** Why one policy makes a role administrative, in a few words; null where it does not. */
function reasonIn({ allowed }: NamedPolicy, { may, anyOf }: Bounds): string | null {
  const gives = (action: string, resource: string): boolean => cover(allowed, action, resource) && may(action, resource);
  const where = (kind: string): string => (allowed.some((one) => one.resources.includes('*')) ? 'on every resource' : `on every ${kind}`);
  const escalating = ESCALATING.find(([action, kind]) => gives(action, anyOf(kind)));
  if (escalating !== undefined) return `${escalating[0]} ${where(escalating[1])}`;
  const wide = allowed.filter((one) => isEverything(one) && coversResource(one, ANYTHING));
  const open = TELLING.filter((action) => cover(wide, action, ANYTHING) && may(action, ANYTHING));
  if (open.length >= TELLING.length - LEFT_OUT) return 'nearly everything on every resource';
  const running = gives(PASS_ROLE, anyOf('role')) ? RUNNING.find((action) => may(action, ANYTHING)) : undefined;
  return running === undefined ? null : `${PASS_ROLE} ${where('role')} with ${running}`;
}

type Judge = (role: Role) => string | null;

/** Tells why a role counts as administrative within its permissions boundary, or null. */
export const administrativeReasons = ({ managedPolicies }: InventoryHas<'managed-policies'>): Judge => judgeBy(managedPolicies);

/** The slices that proofs look at share the account's list of policies. */
const judgeBy = memo((policies: Inventory['managedPolicies']): Judge => {
  const documents = new Map(seen(policies).map(({ arn, document }) => [arn, document]));
  const managed = memoByText((arn): readonly NamedPolicy[] => {
    const ofAws = /^arn:[^:]+:iam::aws:policy\/(?:.*\/)?([^/]+)$/.exec(arn)?.[1];
    const document = ofAws === undefined ? documents.get(arn) : OF_AWS.get(ofAws);
    if (document === undefined) return [];
    return [{ ...grantsOf(document), name: ofAws ?? arn.split('/').at(-1) ?? arn, isOfAws: ofAws !== undefined }];
  });
  const mayBe = ({ inlinePolicies, attachedPolicyArns }: Role): boolean =>
    inlinePolicies.some(({ document }) => mayReachIam(document)) ||
    attachedPolicyArns.some((arn) => managed(arn).some((one) => one.reachesIam));
  return (role) => {
    if (!mayBe(role)) return null;
    const { arn, permissionsBoundaryArn, attachedPolicyArns, inlinePolicies } = role;
    const own = inlinePolicies.map(({ name, document }): NamedPolicy => ({ ...grantsOf(document), name, isOfAws: false }));
    const all = [...attachedPolicyArns.flatMap(managed), ...own];
    // A boundary whose text is not known is taken to allow nothing.
    const boundary = permissionsBoundaryArn === null ? null : managed(permissionsBoundaryArn);
    const allowed = all.flatMap((one) => one.allowed);
    const denied = [...all, ...(boundary ?? [])].flatMap((one) => one.denied);
    const [, partition = '', , , account = ''] = arn.split(':');
    const bounds: Bounds = {
      may: (action, resource) =>
        cover(allowed, action, resource) &&
        (boundary === null || boundary.some((one) => cover(one.allowed, action, resource))) &&
        !cover(denied, action, resource),
      anyOf: (kind) => `arn:${partition}:iam::${account}:${kind}/${ANYTHING}`,
    };
    for (const policy of all) {
      const reason = reasonIn(policy, bounds);
      if (reason !== null) return policy.isOfAws ? policy.name : `${policy.name} (${reason})`;
    }
    return null;
  };
});

const readPolicies = memo((policies: Inventory['managedPolicies']): ReadonlySet<string> => new Set(seen(policies).map(({ arn }) => arn)));

/** Whether what a role may do is not known, because policies of the account's own, its boundary among them, were not read. */
export function isPermissionUnread(
  { attachedPolicyArns, permissionsBoundaryArn }: Role,
  { account, managedPolicies }: InventoryHas<'managed-policies'>,
): boolean {
  if (managedPolicies.known) return false;
  const read = readPolicies(managedPolicies);
  const named = permissionsBoundaryArn === null ? attachedPolicyArns : [...attachedPolicyArns, permissionsBoundaryArn];
  return named.some((arn) => arn.includes(`:${account}:policy/`) && !read.has(arn));
}
