import { isObject } from '../../lib/is-object.js';
import { memo } from '../../lib/memo.js';
import { asList, strings } from '../../lib/one-or-list.js';
import type { Json } from '../../model/inventory/inventory.js';
import { hasWildcard, matchesGlob, parseGlob } from '../pattern/glob.js';
import { evaluateConditions } from '../language/evaluate.js';
import { fitsAny, globSet, type GlobSet } from '../pattern/glob-set.js';
import { conditionsIn } from '../language/parse.js';
import type { Steps } from '../pattern/steps.js';
import { all, any, type Tristate } from '../language/tristate.js';
import { variablesIn, type KeyValue } from '../language/variables.js';

/** One statement of an identity policy. */
export interface Permission {
  readonly actions: readonly string[];
  readonly negatedAction: boolean;
  readonly resources: readonly string[];
  readonly negatedResource: boolean;
}

interface Stated extends Permission {
  readonly effect: Json | undefined;
  readonly condition: Json | undefined;
}

function statement(value: Json): Stated | null {
  if (!isObject(value)) return null;
  const { Effect: effect, Action: action, Resource: resource, Condition: condition } = value;
  return {
    effect,
    condition,
    actions: strings(action ?? value['NotAction']),
    negatedAction: action === undefined,
    resources: strings(resource ?? value['NotResource']),
    negatedResource: resource === undefined,
  };
}

/** The statements of a policy; what is no statement is none. Several ask for those of each role. */
const statementsOf = memo((document: Json & object): readonly Stated[] =>
  (isObject(document) ? asList(document['Statement']) : []).map(statement).filter((one) => one !== null),
);

const statementsIn = (document: Json): readonly Stated[] => (isObject(document) ? statementsOf(document) : []);

const isAllow = ({ effect }: Stated): boolean => effect === 'Allow';

/**
 * What an identity policy allows. Conditions are ignored: what is allowed under one counts as allowed, so that "not
 * allowed" can be relied on. What is no statement allows nothing.
 */
export function permissionsIn(document: Json): readonly Permission[] {
  const stated = statementsIn(document);
  // Most policies deny nothing.
  return stated.every(isAllow) ? stated : stated.filter(isAllow);
}

/** What an identity policy allows, or denies, whatever the circumstances. */
export function unconditionalIn(document: Json, wanted: 'Allow' | 'Deny'): readonly Permission[] {
  const isWanted = ({ effect, condition }: Stated): boolean => effect === wanted && condition === undefined;
  const stated = statementsIn(document);
  return stated.every(isWanted) ? stated : stated.filter(isWanted);
}

/** Most patterns are plain text, which need not be taken apart. */
function fits(pattern: string, text: string): boolean {
  return pattern === text || (hasWildcard(pattern) && matchesGlob(parseGlob(pattern), text));
}

/** Actions are compared without case, `*` and `?` are wildcards (IAM User Guide, "IAM JSON policy elements: Action"). */
export function coversAction({ actions, negatedAction }: Pick<Permission, 'actions' | 'negatedAction'>, action: string): boolean {
  if (actions.includes(action)) return !negatedAction;
  const wanted = action.toLowerCase();
  return actions.some((pattern) => fits(pattern.toLowerCase(), wanted)) !== negatedAction;
}

/** A variable in a pattern may stand for anything. */
export function resourcePattern(pattern: string): string {
  if (!pattern.includes('${')) return pattern;
  let written = '';
  let end = 0;
  for (const variable of variablesIn(pattern)) {
    written += `${pattern.slice(end, variable.start)}*`;
    end = variable.end;
  }
  return written + pattern.slice(end);
}

/** Resources made ready to be held against many. */
export const resourcesIn = (resources: readonly string[]): GlobSet => globSet(resources.map(resourcePattern));

const resourcesOf = memo(({ resources }: Permission) => resourcesIn(resources));

/** Whether the statement is about a resource, given by its ARN. @throws StepsEnded */
export function coversResource(permission: Permission, arn: string, steps?: Steps): boolean {
  return fitsAny(resourcesOf(permission), arn, steps) !== permission.negatedResource;
}

/** A call, by its action, the resource that it is made on, and what is known of its condition keys. */
export interface RoleCall {
  readonly action: string;
  readonly arn: string;
  readonly find: (key: string) => KeyValue;
}

const conditionsOf = memo(({ condition }: Stated) => conditionsIn(condition));

function meets(stated: Stated, variables: boolean, find: RoleCall['find']): Tristate {
  if (stated.condition === undefined) return 'yes';
  const { conditions, problems } = conditionsOf(stated);
  if (problems.length > 0) return 'undecided';
  return all(evaluateConditions({ conditions }, variables, find).map(({ outcome }) => outcome));
}

/** Whether a statement of an identity policy allows, or denies, a call under the conditions that it is made. */
export function statesOf(document: Json, effect: 'Allow' | 'Deny', { action, arn, find }: RoleCall): Tristate {
  const variables = isObject(document) && document['Version'] === '2012-10-17';
  const own = statementsIn(document).filter((one) => one.effect === effect && coversAction(one, action) && coversResource(one, arn));
  return any(own.map((one) => meets(one, variables, find)));
}
