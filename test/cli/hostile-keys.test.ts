import { describe, expect, it } from '@jest/globals';
import { run } from '../../cli/run.js';
import { printInventory } from '../../src/saved/inventory-file.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';
import { captured } from './io-of-test.js';

const URL = 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6';
const PROVIDER = `arn:aws:iam::210987654321:oidc-provider/${URL}`;
const ROLE = 'arn:aws:iam::210987654321:role/app';
const OWN = 'arn:aws:iam::210987654321:policy/own';
const S3 = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }] };

/** A role that opens itself to its cluster and lacks the audience, with policies of its own. */
const ACCOUNT = printInventory(
  inventoryOfCase({
    clusters: [{ name: 'prod', issuer: `https://${URL}` }],
    providers: [{ arn: PROVIDER }],
    roles: [
      {
        arn: ROLE,
        trustPolicy: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Federated: PROVIDER },
              Action: 'sts:AssumeRoleWithWebIdentity',
              Condition: { StringEquals: { [`${URL}:sub`]: 'system:serviceaccount:shop:app', [`${URL}:aud`]: 'sts.amazon.com' } },
            },
          ],
        },
        inlinePolicies: { own: S3 },
        attachedPolicies: [OWN],
      },
    ],
    managedPolicies: { [OWN]: S3 },
    serviceAccounts: [{ cluster: 'prod', namespace: 'shop', name: 'app', annotations: { 'eks.amazonaws.com/role-arn': ROLE } }],
  }),
);

/** What a program that asks an object for a member finds in its prototype too, or asks every object for. */
const KEYS = ['__proto__', 'constructor', 'hasOwnProperty', 'toJSON'];
const VALUES = ['{"polluted":["x"],"Effect":"Allow","Action":"*"}', '"x"', 'null', '[{"polluted":1}]'];

type Members = Record<string, unknown>;

/** The account with one more key in the objects of its policies: in all of them, or in the outermost alone. */
function withKey(key: string, value: string, where: 'everywhere' | 'outermost'): string {
  const put = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(put);
    if (typeof node !== 'object' || node === null) return node;
    const members = Object.entries(node).map(
      ([name, one]) => `${JSON.stringify(name)}:${JSON.stringify(where === 'everywhere' ? put(one) : one)}`,
    );
    // As JSON.parse makes it: a member of the object itself, whatever its name is.
    return JSON.parse(`{${[...members, `${JSON.stringify(key)}:${value}`].join(',')}}`);
  };
  const document = (one: Members): Members => ({ ...one, document: put(one['document']) });
  const inventory = JSON.parse(ACCOUNT) as Record<'roles' | 'managedPolicies', { value: Members[] }>;
  const role = ({ trustPolicy, inlinePolicies, ...one }: Members): Members => ({
    ...one,
    trustPolicy: put(trustPolicy),
    inlinePolicies: (inlinePolicies as Members[]).map(document),
  });
  inventory.roles.value = inventory.roles.value.map(role);
  inventory.managedPolicies.value = inventory.managedPolicies.value.map(document);
  return JSON.stringify(inventory);
}

const COMMANDS: readonly (readonly string[])[] = [
  ['audit'],
  ['audit', '--format', 'json'],
  ['audit', '--format', 'email'],
  ['roles'],
  ['who', 'app'],
  ['why', 'sa/app', '-n', 'shop', '--cluster', 'prod'],
  ['show', 'role/app', '--write', 'fix'],
];

async function ran(argv: readonly string[], file: string) {
  const { io, out, err, written } = captured({ files: { file } });
  return { status: await run([...argv, '--inventory', 'file'], io), out: out(), err: err(), written };
}

describe.each(KEYS)('a key %s in the policies of a saved inventory', (key) => {
  it.each(VALUES)('that holds %s ends no command, and is a member of no other object', async (value) => {
    for (const where of ['everywhere', 'outermost'] as const)
      for (const argv of COMMANDS) {
        const { status, err } = await ran(argv, withKey(key, value, where));
        expect([where, argv, status < 4, err]).toEqual([where, argv, true, expect.not.stringContaining('internal error')]);
      }
    expect(({} as Members)['polluted']).toBeUndefined();
  });

  it.each(VALUES)('that holds %s is in the files of a fix as it was, and in nothing else', async (value) => {
    const { status, written } = await ran(['show', 'role/app', '--write', 'fix'], withKey(key, value, 'outermost'));
    expect([status, [...written.keys()]]).toEqual([0, ['fix/app.before.json', 'fix/app.after.json']]);
    for (const text of written.values()) {
      const policy = JSON.parse(text) as Members;
      expect([Object.keys(policy), Object.entries(policy).at(-1)?.[1]]).toEqual([['Version', 'Statement', key], JSON.parse(value)]);
    }
  });
});
