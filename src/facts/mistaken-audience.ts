import { AUDIENCE_ANNOTATION, ROLE_ANNOTATION } from '../model/annotations.js';
import type { ServiceAccount } from '../model/inventory.js';
import { audienceDemands } from './audience-agreement.js';
import type { Has, RoleHas } from './facts.js';
import { takesValue } from './takes-value.js';
import { valuesOf } from './web-identity.js';

/** An audience that a service account asks for, and that neither the provider nor the role knows. */
export interface MistakenAudience {
  readonly audience: string;
  readonly role: RoleHas;
  /** ARN of the provider. */
  readonly provider: string;
  /** Audiences that the provider takes. */
  readonly clientIds: readonly string[];
  /** Audiences that the trust policy names. */
  readonly demanded: readonly string[];
  /** Whether the trust policy takes an audience. */
  readonly takes: (audience: string) => boolean;
}

/**
 * The audience that the annotation of a service account asks for, if it is the mistake of the annotation; null where it asks
 * for none, somebody knows it, or that cannot be told.
 * @param url issuer of its cluster, without `https://`
 */
export function mistakenAudience({ annotations }: ServiceAccount, url: string, facts: Has<'roles' | 'providers'>): MistakenAudience | null {
  const audience = annotations[AUDIENCE_ANNOTATION];
  const role = facts.role(annotations[ROLE_ANNOTATION] ?? '');
  const provider = facts.providerOf(url);
  if (audience === undefined || role === null || provider?.detail.known !== true) return null;
  const { clientIds } = provider.detail.value;
  const demands = audienceDemands(role, url);
  if (demands === null || clientIds.includes(audience)) return null;
  const { statements, takes } = demands;
  // A statement that requires none takes it as it takes every other: nobody but the annotation speaks for this one.
  if (statements.some((conditions) => conditions.length > 0 && conditions.every((condition) => takesValue(condition, audience))))
    return null;
  const demanded = [...new Set(statements.flatMap(valuesOf))];
  return { audience, role, provider: provider.arn, clientIds, demanded, takes };
}
