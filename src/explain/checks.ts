import { asIssuerId } from '../model/inventory/issuer-id.js';
import { POD_IDENTITY_AGENT } from '../model/inventory/eks-addons.js';
import { DEFAULT_AUDIENCE } from '../model/inventory/annotations.js';
import type { CauseState } from '../model/report/explanation.js';
import type { Inventory } from '../model/inventory/inventory.js';
import { seen, whole } from '../model/inventory/observed.js';
import { evaluateParsed } from '../policy/language/evaluate.js';
import { parseTrustPolicy } from '../policy/language/parse.js';
import { providerArn } from '../policy/language/federated.js';
import { requestWith } from '../policy/language/token.js';
import type { RuleId } from '../rules/contract/rule-id.js';
import type { SymptomId } from './texts/known-text.js';
import { BESIDE_TRUST_POLICY, TRUST } from './likely-rules.js';
import type { Mentions } from './mentions.js';

/** What the account says of a cause by itself, with no rule in between: rules speak of what is here, texts of anything. */
export interface Check {
  readonly state: Exclude<CauseState, 'possible'>;
  readonly reason: string;
  readonly next: string;
}

type Checks = ReadonlyMap<RuleId, Check>;

const NONE: Checks = new Map();

const OF_TRUST_POLICIES = TRUST.filter((rule) => !BESIDE_TRUST_POLICY.has(rule));

/** Whether an ARN is of the account, and of its partition. */
const inAccount = (arn: string, { account, partition }: Inventory): boolean => arn.startsWith(`arn:${partition}:iam::${account}:`);

/** Whether the account has a provider for the issuer that is named. */
function ofProvider(inventory: Inventory, { issuers, roles }: Mentions): Checks {
  const [issuer] = issuers;
  const providers = whole(inventory.providers);
  if (issuer === undefined || providers === null || roles.some((arn) => !inAccount(arn, inventory))) return NONE;
  const arn = providerArn(inventory.partition, inventory.account, asIssuerId(issuer));
  if (!providers.some((provider) => provider.arn === arn))
    return new Map([
      [
        'provider-missing',
        {
          state: 'confirmed',
          reason: `Account ${inventory.account} has no IAM OIDC provider for https://${issuer}.`,
          next: `Create it, if the role is in this account: eksctl utils associate-iam-oidc-provider, or aws iam create-open-id-connect-provider with the client ID ${DEFAULT_AUDIENCE}.`,
        },
      ],
    ]);
  const refuted: Check = {
    state: 'refuted',
    reason: `Account ${inventory.account} has a provider for exactly https://${issuer}.`,
    next: '',
  };
  return new Map([
    ['provider-missing', refuted],
    ['provider-issuer-mismatch', refuted],
  ]);
}

/** Whether the roles that are named exist, and whether one allows the token that is named. */
function ofRole(inventory: Inventory, { roles, issuers, serviceAccounts, audiences }: Mentions): Checks {
  const known = whole(inventory.roles);
  const own = roles.filter((arn) => inAccount(arn, inventory));
  const gone = known === null ? [] : own.filter((arn) => !known.some((role) => role.arn === arn));
  if (gone.length > 0 && gone.length === roles.length) {
    const [arn = ''] = gone;
    const absent: Check = { state: 'refuted', reason: `There is no role ${arn}: it has no trust policy.`, next: '' };
    return new Map<RuleId, Check>([
      ...OF_TRUST_POLICIES.map((rule): [RuleId, Check] => [rule, absent]),
      [
        'annotation-role-missing',
        {
          state: 'confirmed',
          reason: `There is no role ${arn} in account ${inventory.account}.`,
          next: 'Create the role, or correct its ARN where the pod gets it from: the annotation, the association or AWS_ROLE_ARN.',
        },
      ],
    ]);
  }
  const role = seen(inventory.roles).find(({ arn }) => own.includes(arn));
  const [issuer, subject] = [issuers[0], serviceAccounts[0]];
  if (role === undefined || issuer === undefined || subject === undefined) return NONE;
  const sub = `system:serviceaccount:${subject.namespace}:${subject.name}`;
  const token = { url: asIssuerId(issuer), audience: audiences[0] ?? DEFAULT_AUDIENCE, subject: sub };
  const { verdict } = evaluateParsed(parseTrustPolicy(role.trustPolicy), requestWith(token, inventory));
  if (verdict === 'undecided') return NONE;
  if (verdict === 'allowed') {
    const allowed: Check = {
      state: 'refuted',
      reason: `The trust policy of ${role.arn} allows ${sub} of https://${issuer} today.`,
      next: '',
    };
    return new Map(OF_TRUST_POLICIES.map((rule) => [rule, allowed]));
  }
  return new Map([
    [
      'subject-mismatch',
      {
        state: 'confirmed',
        reason: `No statement of the trust policy of ${role.arn} allows ${sub} of https://${issuer}.`,
        next: `Compare its conditions on :sub and :aud, and its provider, with these: irsa-auditor who ${role.name} lists whom it allows.`,
      },
    ],
  ]);
}

/** Where every cluster has the add-on the agent is missing nowhere. */
function ofAgent(inventory: Inventory): Checks {
  const clusters = inventory.regions.flatMap(({ clusters: all }) => whole(all) ?? []);
  const isEverywhere =
    clusters.length > 0 &&
    inventory.regions.every(({ clusters: all }) => all.known) &&
    clusters.every(({ addons }) => whole(addons)?.some(({ name }) => name === POD_IDENTITY_AGENT) === true);
  return isEverywhere
    ? new Map([
        [
          'pod-identity-agent-missing',
          { state: 'refuted', reason: `Every cluster that was read has the add-on ${POD_IDENTITY_AGENT}.`, next: '' },
        ],
      ])
    : NONE;
}

/** Everything that is told directly of the causes of a text. */
export function checksOf(symptoms: readonly SymptomId[], inventory: Inventory, mentions: Mentions): Checks {
  return new Map([
    ...(symptoms.includes('no-provider') ? ofProvider(inventory, mentions) : NONE),
    ...(symptoms.includes('not-authorized') ? ofRole(inventory, mentions) : NONE),
    ...(symptoms.includes('agent-unreachable') ? ofAgent(inventory) : NONE),
  ]);
}
