import { doubtAbout, oneLower } from '../../../facts/exposure/exposure.js';
import { editableRoles } from '../../../facts/trust/role-entries.js';
import { readAsStranger, type CallKind } from '../../../policy/language/caller-conditions.js';
import { evaluateConditions } from '../../../policy/language/evaluate.js';
import { matchesGlob, parseGlob } from '../../../policy/pattern/glob.js';
import { isEverybody, type Statement, type TrustPolicy } from '../../../policy/language/parse.js';
import { all, any, not, type Tristate } from '../../../policy/language/tristate.js';
import type { KeyValue } from '../../../policy/language/variables.js';
import { defineRule, type Messages } from '../../contract/define-rule.js';

/** What a signed AssumeRole call of a stranger has: of global keys nobody knows, of a token's claims none. */
const strangersCall = (key: string): KeyValue => (/^(aws|sts):/i.test(key.trim()) ? { state: 'unknowable' } : { state: 'absent' });

/** Whether a statement meets a stranger's AssumeRole call, as far as its conditions were left to decide. */
function meetsStranger(statement: Statement, { variables }: TrustPolicy): Tristate {
  if (statement.problems.length > 0) return 'undecided';
  return all(evaluateConditions(statement, variables, strangersCall).map(({ outcome }) => outcome));
}

/** The calls by which a stranger may come, each with its action. */
const ACTIONS = { 'signed': 'sts:assumerole', 'web-identity': 'sts:assumerolewithwebidentity' } as const satisfies Record<CallKind, string>;

function allows({ actions, negatedAction }: Statement, kind: CallKind): boolean {
  return actions.some(({ value }) => matchesGlob(parseGlob(value.toLowerCase()), ACTIONS[kind])) !== negatedAction;
}

/** Whether a policy of one Allow, and Deny statements, allows a stranger's call. */
function meetsPolicy(policy: TrustPolicy, kind: CallKind): Tristate {
  const [allow, ...denies] = policy.statements;
  if (allow?.effect !== 'Allow') return 'no';
  const meant = denies.filter((one) => (one.negatedPrincipal || one.principals.some(isEverybody)) && allows(one, kind));
  const denied = any(meant.map((one) => (one.negatedPrincipal ? 'undecided' : meetsStranger(one, policy))));
  return all([meetsStranger(allow, policy), not(denied)]);
}

const messages = {
  any: ({ path }: { path: string }) => `The statement at ${path} lets every AWS principal of every account assume this role.`,
  web: ({ path }: { path: string }) =>
    `The statement at ${path} allows web identity to every AWS principal. AWS does not document whether that allows the tokens of every identity provider.`,
  possible: ({ doubt, path }: { doubt: string; path: string }) =>
    `Unless ${doubt} denies them, the statement at ${path} lets every AWS principal of every account assume this role.`,
} satisfies Messages;

/** Every principal of every account may assume the role. */
export const principalAny = defineRule({
  id: 'principal-any',
  cause: 'trust-principal-any',
  kind: 'exposure',
  severity: 'critical',
  confidence: 'certain',
  scope: 'account',
  link: 'open to anybody',
  needs: ['roles'],
  title: 'Any AWS account can assume it',
  why: 'The principal {"AWS": "*"} stands for every principal of every account. Without a condition on the caller the role is open to the world.',
  references: ['IAM/reference_policies_elements_principal.html'],
  subjects: (facts) => editableRoles(facts),
  evaluate: (role, { inventory }) => {
    const open = role.policy.statements.filter(
      (one) => one.effect === 'Allow' && !one.negatedPrincipal && one.principals.some(isEverybody),
    );
    if (open.length === 0) return [];
    const denies = role.policy.statements.filter(({ effect }) => effect === 'Deny');
    const root = `arn:${inventory.partition}:iam::${inventory.account}:root`;
    return open.flatMap((allow) => {
      const kind = allows(allow, 'signed') ? 'signed' : 'web-identity';
      if (!allows(allow, kind)) return [];
      const { policy, unknown } = readAsStranger(
        { ...role.policy, statements: [allow, ...denies] },
        { kind, now: inventory.collectedAt, networkKeepsOut: true },
      );
      const outcome = meetsPolicy(policy, kind);
      if (outcome === 'no') return [];
      const anybody = allow.principals.filter(isEverybody);
      const isSure = outcome === 'yes' && kind === 'signed';
      const told = isSure ? 'any' : outcome === 'yes' ? 'web' : 'possible';
      // Conditions and Deny statements speak of principals that the account's root does not take in.
      const isBare = allow.conditions.length === 0 && denies.length === 0;
      return [
        {
          message: messages[told]({ path: allow.path, doubt: doubtAbout({ undecided: unknown }) }),
          severity: isSure ? ('critical' as const) : oneLower('critical'),
          confidence: isSure ? ('certain' as const) : ('possible' as const),
          evidence: anybody.map(({ value, path }) => ({ what: 'AWS principal', path, found: value, expected: null })),
          statement: allow.index,
          fix: {
            summary:
              kind === 'signed'
                ? `Name the principals that are meant; ${root} allows whom this account's own policies allow.`
                : 'Name the identity provider that is meant as a federated principal.',
            edits:
              isBare && kind === 'signed'
                ? anybody.filter(({ kind }) => kind === 'AWS').map(({ path }) => ({ kind: 'principal' as const, path, value: root }))
                : [],
          },
        },
      ];
    });
  },
});
