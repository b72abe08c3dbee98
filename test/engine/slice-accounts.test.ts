import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { patched } from '../../src/engine/repair/apply-patches.js';
import { sliceFor } from '../../src/engine/repair/slice.js';
import { deriveFacts } from '../../src/facts/account/facts.js';
import { atLeast, severityRank, type Finding, type Patch, type Severity } from '../../src/model/report/finding.js';
import type { Inventory, Json } from '../../src/model/inventory/inventory.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';
import { accounts } from './made-up-account.js';

const CLUSTERS = ['prod', 'lab'] as const;
const URLS = {
  prod: 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6',
  lab: 'oidc.eks.eu-west-1.amazonaws.com/id/B38E01F6A7C24D95E0F18A3B6C7D2E49',
};
const NAMES = ['app', 'cart', 'mail'];
const ROLES = ['one', 'two', 'three', 'four'];
const roleArn = (name: string): string => `arn:aws:iam::210987654321:role/${name}`;
const providerArn = (cluster: (typeof CLUSTERS)[number]): string => `arn:aws:iam::210987654321:oidc-provider/${URLS[cluster]}`;

interface Trust {
  readonly cluster: (typeof CLUSTERS)[number];
  readonly subjects: readonly string[];
  readonly audience: string;
}

const trustPolicy = (trusts: readonly Trust[]): Json => ({
  Version: '2012-10-17',
  Statement: trusts.map(({ cluster, subjects, audience }) => ({
    Effect: 'Allow',
    Principal: { Federated: providerArn(cluster) },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringEquals: {
        [`${URLS[cluster]}:aud`]: audience,
        [`${URLS[cluster]}:sub`]: subjects.map((name) => `system:serviceaccount:shop:${name}`),
      },
    },
  })),
});

const cluster = fc.constantFrom(...CLUSTERS);
const audience = fc.oneof({ arbitrary: fc.constant('sts.amazonaws.com'), weight: 4 }, { arbitrary: fc.constant('shop'), weight: 1 });
const trust = fc.record({
  cluster,
  audience,
  subjects: fc.uniqueArray(
    fc.oneof({ arbitrary: fc.constantFrom(...NAMES), weight: 5 }, { arbitrary: fc.constantFrom('gone', 'App'), weight: 1 }),
    {
      minLength: 1,
      maxLength: 2,
    },
  ),
});
const annotations = fc
  .record({
    key: fc.constantFrom('eks.amazonaws.com/role-arn', 'eks.amazonaws.com/role-arn', 'iam.amazonaws.com/role'),
    role: fc.oneof(
      { arbitrary: fc.constantFrom(...ROLES.map(roleArn)), weight: 5 },
      { arbitrary: fc.constantFrom(roleArn('onee'), 'two', '', 'arn:aws:iam::345678901234:role/three'), weight: 2 },
    ),
    audience: fc.option(fc.constantFrom('shop', 'nobody'), { freq: 4 }),
    annotated: fc.boolean(),
  })
  .map(({ key, role, audience: asked, annotated }) => ({
    ...(annotated ? { [key]: role } : {}),
    ...(asked === null ? {} : { 'eks.amazonaws.com/audience': asked }),
  }));
const account: fc.Arbitrary<Case> = fc
  .record({
    trusts: fc.array(fc.array(trust, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: ROLES.length }),
    accounts: fc.uniqueArray(fc.record({ cluster, name: fc.constantFrom(...NAMES), annotations }), {
      selector: (one) => `${one.cluster}/${one.name}`,
      maxLength: 6,
    }),
    pods: fc.option(fc.array(fc.record({ cluster, name: fc.constantFrom(...NAMES), identity: fc.boolean() }), { maxLength: 4 })),
    associations: fc.array(fc.record({ cluster, name: fc.constantFrom(...NAMES), role: fc.constantFrom(...ROLES) }), { maxLength: 1 }),
    administrative: fc.boolean(),
  })
  .map(({ trusts, accounts, pods, associations, administrative }) => ({
    clusters: CLUSTERS.map((name) => ({ name, issuer: `https://${URLS[name]}` })),
    providers: CLUSTERS.map((name) => ({ arn: providerArn(name) })),
    roles: trusts.map((one, index) => ({
      arn: roleArn(ROLES[index] ?? 'more'),
      trustPolicy: trustPolicy(one),
      attachedPolicies: administrative ? ['arn:aws:iam::aws:policy/AdministratorAccess'] : [],
    })),
    serviceAccounts: accounts.map((one) => ({ ...one, namespace: 'shop' })),
    ...(pods === null
      ? {}
      : {
          pods: pods.map(({ name, identity, ...rest }, index) => ({
            ...rest,
            name: `${name}-${index}`,
            namespace: 'shop',
            serviceAccountName: name,
            env: identity ? { AWS_ROLE_ARN: roleArn('one'), AWS_WEB_IDENTITY_TOKEN_FILE: '/token' } : {},
          })),
        }),
    podIdentityAssociations: associations.map(({ name, role, ...rest }) => ({
      ...rest,
      namespace: 'shop',
      serviceAccount: name,
      roleArn: roleArn(role),
    })),
  }));

type Severities = ReadonlyMap<string, Severity>;
const severitiesOf = (findings: readonly Finding[]): Severities => new Map(findings.map((one) => [one.fingerprint, one.severity]));

/** Of what an audit finds, that which weighs something, and more than before. */
const graver = (findings: readonly Finding[], before: Severities): readonly Finding[] =>
  findings.filter(
    (one) => atLeast(one.severity, 'medium') && severityRank(one.severity) > severityRank(before.get(one.fingerprint) ?? 'info'),
  );

/** What auditing the whole patched account finds graver than before, and auditing its slice does not find so grave. */
function missedBySlice(inventory: Inventory, patches: readonly Patch[], before: Severities): readonly string[] {
  const worse = graver(auditInventory(patched(inventory, patches)).findings, before);
  if (worse.length === 0) return [];
  const inSlice = severitiesOf(auditInventory(patched(sliceFor(deriveFacts(inventory), patches), patches)).findings);
  return graver(worse, inSlice).map(({ rule, severity, subject }) => `${rule} ${severity} ${subject.id}`);
}

/** Pods that name a role by hand, add-ons and node groups that use one: a slice that lacks them proves what the account refutes. */
it('finds in the slice of a patch whatever is graver in the patched account', () => {
  let patchedOnce = 0;
  fc.assert(
    fc.property(accounts, (given) => {
      const inventory = inventoryOfCase(given);
      const { findings } = auditInventory(inventory);
      const ofProviders = findings.flatMap(({ fix }) => (fix?.patches.some(({ kind }) => kind === 'provider') === true ? [fix] : []));
      for (const { patches } of ofProviders) {
        patchedOnce += 1;
        expect(missedBySlice(inventory, patches, severitiesOf(findings))).toEqual([]);
      }
    }),
    { numRuns: 300, seed: 20261130 },
  );
  expect(patchedOnce).toBeGreaterThan(50);
});

/** The proof audits a slice; whatever service accounts and roles have to do with one another, the whole account says the same. */
it('proves nothing of a service account that auditing the whole account does not prove', () => {
  let proven = 0;
  let provable = 0;
  fc.assert(
    fc.property(account, (given) => {
      const inventory = inventoryOfCase(given);
      const before = auditInventory(inventory);
      const severityBefore = severitiesOf(before.findings);
      for (const { fix, fingerprint, rule } of before.findings) {
        if (fix === null || !fix.patches.some(({ kind }) => kind === 'service-account')) continue;
        const after = auditInventory(patched(inventory, fix.patches)).findings;
        const gone = !after.some((one) => one.fingerprint === fingerprint);
        const worse = graver(after, severityBefore);
        // The other way round it may hesitate: what is near a name is sought among the service accounts of the slice alone.
        if (fix.verified) expect([rule, gone, worse.map((one) => `${one.rule} ${one.subject.id}`)]).toEqual([rule, true, []]);
        provable += gone && worse.length === 0 ? 1 : 0;
        if (fix.verified) proven += 1;
      }
    }),
    { numRuns: 400, seed: 20261124 },
  );
  expect(proven).toBeGreaterThan(20);
  expect(proven / provable).toBeGreaterThan(0.9);
});
