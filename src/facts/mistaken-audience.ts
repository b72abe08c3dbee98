import { takesValue } from './takes-value.js';
import { isPositive } from './absent-key.js';
import type { Facts, RoleFacts } from './facts.js';
import { concerns, conditionsOn, valuesOf, type Condition } from './web-identity.js';
import { AUDIENCE_ANNOTATION, ROLE_ANNOTATION } from '../model/annotations.js';
import type { ServiceAccount } from '../model/inventory.js';
import { hasVariable } from '../policy/variables.js';

/** An audience that a service account asks for, and that neither the provider nor the role knows. */
export interface MistakenAudience {
  readonly audience: string;
  readonly role: RoleFacts;
  /** ARN of the provider. */
  readonly provider: string;
  /** Audiences that the provider takes. */
  readonly clientIds: readonly string[];
  /** Audiences that the trust policy names. */
  readonly demanded: readonly string[];
  /** Whether the trust policy takes an audience. */
  readonly takes: (audience: string) => boolean;
}

/** The conditions on the audience in each statement of a role for an issuer; null where one cannot be judged. */
function demandsOf({ statements }: RoleFacts, url: string): readonly (readonly Condition[])[] | null {
  const demands = statements
    .filter(({ issuers, allowsWebIdentity }) => allowsWebIdentity && issuers.includes(url))
    .map((statement) => conditionsOn(statement, 'aud').filter((one) => concerns(one, url)));
  const judged = demands
    .flat()
    .every((one) => isPositive(one) && one.operator?.family === 'string' && !one.entry.values.some(({ value }) => hasVariable(value)));
  return judged && demands.length > 0 ? demands : null;
}

/**
 * The audience that the annotation of a service account asks for, if it is the mistake of the annotation; null where it asks
 * for none, somebody knows it, or that cannot be told.
 * @param url issuer of its cluster, without `https://`
 */
export function mistakenAudience({ annotations }: ServiceAccount, url: string, facts: Facts): MistakenAudience | null {
  const audience = annotations[AUDIENCE_ANNOTATION];
  const role = facts.role(annotations[ROLE_ANNOTATION] ?? '');
  const provider = facts.providerOf(url);
  if (audience === undefined || role === null || provider?.detail.known !== true) return null;
  const { clientIds } = provider.detail.value;
  const demands = demandsOf(role, url);
  if (demands === null || clientIds.includes(audience)) return null;
  const takes = (one: string): boolean => demands.some((conditions) => conditions.every((condition) => takesValue(condition, one)));
  if (takes(audience)) return null;
  const demanded = [...new Set(demands.flatMap(valuesOf))];
  return { audience, role, provider: provider.arn, clientIds, demanded, takes };
}
