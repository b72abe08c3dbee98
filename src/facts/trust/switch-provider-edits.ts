import type { IssuerId } from '../../model/inventory/issuer-id.js';
import { oneOrList, only } from '../../lib/one-or-list.js';
import type { Json } from '../../model/inventory/inventory.js';
import { parseFederated, providerArn } from '../../policy/language/federated.js';
import type { TrustEdit } from '../../policy/edit/repair.js';
import { audiencesInUse, type Audiences } from './audience-agreement.js';
import type { Carriers, Has, RoleHas } from '../account/facts.js';
import { issuerDifference } from '../issuer/issuer-difference.js';
import { callerSubjects } from './service-accounts-of-role.js';
import { type FederatedPrincipal, type WebIdentityStatement } from '../statement/web-identity.js';

/** The edits that make one principal of a statement, and the keys that belong to it, name another issuer of this account. */
export function retargetEdits(statement: WebIdentityStatement, principal: FederatedPrincipal, url: IssuerId, facts: Has): TrustEdit[] {
  const { partition, account } = facts.inventory;
  const from = principal.url?.toLowerCase();
  const keys = statement.conditions.flatMap((condition): TrustEdit[] => {
    const claim = condition.claim;
    const belongs = condition.key.kind === 'claim' && condition.key.issuer.toLowerCase() === from;
    const key = `${url}:${claim ?? ''}`;
    return claim === null || !belongs || condition.entry.key === key ? [] : [{ kind: 'condition', path: condition.entry.path, key }];
  });
  return [{ kind: 'principal', path: principal.entry.path, value: providerArn(partition, account, url) }, ...keys];
}

/**
 * The issuer that a principal was meant to name, where that can be told: the one cluster whose service accounts have the
 * role, else the one cluster whose issuer differs only in form. `url` without `https://`.
 */
export function issuerMeantBy(url: IssuerId, role: RoleHas<Carriers>, facts: Has<'clusters'>): IssuerId | null {
  const carried = [...new Set(role.users.flatMap((user) => user.url ?? []))];
  if (carried.length > 0) return only(carried);
  const near = facts.clustersNear(url).filter((cluster) => issuerDifference(cluster.url, url) !== null);
  return only(near)?.url ?? null;
}

/** A statement that lets exactly the service accounts of one cluster in that use the role. */
export function statementForCallers(role: RoleHas<Carriers>, url: IssuerId, facts: Has<Audiences>): Json {
  const { partition, account } = facts.inventory;
  return {
    Effect: 'Allow',
    Principal: { Federated: providerArn(partition, account, url) },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringEquals: { [`${url}:aud`]: oneOrList(audiencesInUse(role, url, facts)), [`${url}:sub`]: oneOrList(callerSubjects(role, url)) },
    },
  };
}

/**
 * Edits of several findings together: what one adds or writes under the issuer that another takes out of the principal goes with it,
 * for of that one no token comes to the statement any more.
 */
export function withSwitchedKeys(edits: readonly TrustEdit[], statements: readonly WebIdentityStatement[]): readonly TrustEdit[] {
  return statements.reduce<readonly TrustEdit[]>((all, { statement, federated }) => {
    const isOfStatement = (edit: TrustEdit): boolean =>
      edit.kind === 'add-condition'
        ? edit.statement === statement.index
        : edit.kind === 'condition' && edit.path.startsWith(`${statement.path}.`);
    return federated.reduce<readonly TrustEdit[]>((some, { entry, url }) => {
      const value = edits.flatMap((edit) => (edit.kind === 'principal' && edit.path === entry.path ? [edit.value] : [])).at(-1);
      const named = value == null ? null : parseFederated(value);
      if (url === null || named?.kind !== 'oidc' || named.url === url) return some;
      const from = `${url}:`.toLowerCase();
      return some.map((edit) => {
        const key = edit.kind === 'condition' || edit.kind === 'add-condition' ? edit.key : undefined;
        if (!isOfStatement(edit) || key?.toLowerCase().startsWith(from) !== true) return edit;
        return { ...edit, key: `${named.url}:${key.slice(from.length)}` };
      });
    }, all);
  }, edits);
}
