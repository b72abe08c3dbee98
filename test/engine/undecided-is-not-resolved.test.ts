import { expect, it } from '@jest/globals';
import { auditWith } from '../../src/engine/audit.js';
import { changesSince, type Changes } from '../../src/engine/history/changes.js';
import type { Json } from '../../src/model/inventory/inventory.js';
import { DEFAULT_SETTINGS } from '../../src/model/report/settings.js';
import type { State } from '../../src/model/report/state.js';
import { RULES } from '../../src/rules/index.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';
import { GITHUB, PROD, provider, ROLE, type Conditions } from './role-under-test.js';

const web = (url: string, condition: Conditions) => ({
  principal: { Federated: provider(url) },
  action: 'sts:AssumeRoleWithWebIdentity',
  condition,
});
const aud = (url: string): Conditions => ({ StringEquals: { [`${url}:aud`]: 'sts.amazonaws.com' } });

/** One statement that leaves a role open, and where what it is judged by has changed since. */
function run(previous: State | null, day: number, { principal, action, condition }: ReturnType<typeof web>, more: Conditions): Changes {
  const Condition = { ...condition, ...more } as Json;
  const inventory = inventoryOfCase({
    clusters: [{ name: 'prod', issuer: `https://${PROD}` }],
    providers: [{ arn: provider(PROD) }, { arn: provider(GITHUB) }],
    roles: [
      {
        arn: ROLE,
        trustPolicy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: principal, Action: action, Condition }] },
      },
    ],
  });
  const collectedAt = new Date(Date.UTC(2026, 10, day, 6)).toISOString();
  return changesSince(previous, auditWith(RULES, { ...inventory, collectedAt }), {
    rules: RULES,
    settings: DEFAULT_SETTINGS,
    version: '1',
  });
}

const DOORS: readonly [string, ReturnType<typeof web>][] = [
  ['without a subject', web(PROD, aud(PROD))],
  ['of a whole cluster', web(PROD, { ...aud(PROD), StringLike: { [`${PROD}:sub`]: 'system:serviceaccount:*:*' } })],
  ['but for one', web(PROD, { ...aud(PROD), StringNotEquals: { [`${PROD}:sub`]: 'system:serviceaccount:a:b' } })],
  ['of a shared issuer, without a subject', web(GITHUB, aud(GITHUB))],
  ['of a shared issuer, of any owner', web(GITHUB, { ...aud(GITHUB), StringLike: { [`${GITHUB}:sub`]: 'repo:*' } })],
  ['of any principal', { principal: { AWS: '*' }, action: 'sts:AssumeRole', condition: {} } as unknown as ReturnType<typeof web>],
];
const CONDITIONS: readonly Conditions[] = [
  { Bool: { 'aws:SecureTransport': 'true' } },
  { ArnLike: { 'aws:Unheard': 'x' } },
  { DateLessThan: { 'aws:CurrentTime': '2030-01-01T00:00:00Z' } },
];

it.each(DOORS.flatMap(([what, door]) => CONDITIONS.map((more) => [what, more, door] as const)))(
  'an open role %s stays open, and is told as resolved by nobody, once %j stands there',
  (_, more, door) => {
    const before = run(null, 1, door, {});
    const exposed = Object.entries(before.next.findings).filter(([, { subject, severity }]) => subject.id === ROLE && severity !== 'info');
    expect(exposed.length).toBeGreaterThan(0);
    const after = run(before.next, 2, door, more);
    expect(after.news.resolved).toEqual([]);
    for (const [fingerprint] of exposed) expect(after.next.findings[fingerprint]).toMatchObject({ status: 'open' });
  },
);
