import { types } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { awsPort } from '../../src/collect/aws/aws-port.js';
import { collect } from '../../src/collect/collect.js';
import { NoIdentityError } from '../../src/collect/reading/no-identity-error.js';
import { collectRoleNamed } from '../../src/collect/roles-by-name.js';
import { ReadQueue } from '../../src/collect/reading/read-queue.js';
import type { READS } from '../../src/collect/reading/reads.js';
import { ROLE_READS, type ReadAction } from '../../src/collect/reading/reads.js';
import type { Cluster, Inventory } from '../../src/model/inventory/inventory.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { seen, type Observed } from '../../src/model/inventory/observed.js';
import { type Fault, rawAnswer, serviceError } from '../support/aws/faulty-endpoint.js';
import { faultyAwsInMemory } from './aws-in-memory.js';

/** More than a test ever waits: what ends a call is the number of attempts. */
const NEVER_MS = 3_600_000;
/** Long enough for an answer of this machine on a busy day: what is late all the same is asked for again. */
const SOON_MS = 1_000;

// Jest gives its tests an Error of their own, of which the errors of Node's sockets are no instances. The SDK would take one for
// no error at all.
Object.defineProperty(Error, Symbol.hasInstance, {
  value(this: unknown, thing: unknown) {
    return this === Error ? types.isNativeError(thing) : Function.prototype[Symbol.hasInstance].call(this as () => void, thing);
  },
});

interface Trouble {
  readonly fault: Fault;
  readonly reason: string;
  /** What becomes of an identity that is not told. */
  readonly problem: string;
  /** Calls that are made where it lasts: an answer that will not change is not asked for again. */
  readonly attempts: number;
}

const TROUBLES: Readonly<Record<string, Trouble>> = {
  'denied': { fault: serviceError('AccessDeniedException', 'no', 403), reason: 'denied', problem: 'refused', attempts: 1 },
  'a bad token': { fault: serviceError('UnrecognizedClientException', 'no', 403), reason: 'failed', problem: 'refused', attempts: 1 },
  'no JSON': { fault: rawAnswer('<A><B>', 'text/html'), reason: 'malformed', problem: 'failed', attempts: 1 },
  'throttled': { fault: serviceError('ThrottlingException', 'Rate exceeded', 429), reason: 'throttled', problem: 'failed', attempts: 3 },
  '5xx': { fault: serviceError('ServiceUnavailableException', 'no', 503), reason: 'failed', problem: 'failed', attempts: 3 },
  'a page of a gateway': { fault: rawAnswer('<html>', 'text/html', 502), reason: 'failed', problem: 'failed', attempts: 3 },
  'dropped': { fault: { kind: 'reset' }, reason: 'unreachable', problem: 'unreachable', attempts: 3 },
  'no answer': { fault: { kind: 'hang' }, reason: 'unreachable', problem: 'unreachable', attempts: 2 },
  'half an answer': { fault: { kind: 'drip' }, reason: 'unreachable', problem: 'unreachable', attempts: 2 },
};

const cluster = ({ regions }: Inventory): Cluster | undefined => seen(regions[0]?.clusters ?? { known: true, value: [] })[0];
const association = (inventory: Inventory) => seen(cluster(inventory)?.podIdentityAssociations ?? { known: true, value: [] })[0];
const addon = (inventory: Inventory) =>
  seen(cluster(inventory)?.addons ?? { known: true, value: [] }).find(({ name }) => name === 'vpc-cni');

type Section = (inventory: Inventory) => Partial<Observed<unknown>> | undefined;

/** Where in the inventory the answer of each read stands. */
const SECTIONS: Readonly<Record<Exclude<(typeof READS)[number]['action'], 'sts:GetCallerIdentity' | 'iam:ListAccountAliases'>, Section>> = {
  'account:ListRegions': ({ regionList }) => regionList,
  'eks:ListClusters': ({ regions }) => regions[0]?.clusters,
  'eks:DescribeCluster': (inventory) => cluster(inventory)?.detail,
  'eks:ListPodIdentityAssociations': (inventory) => cluster(inventory)?.podIdentityAssociations,
  'eks:DescribePodIdentityAssociation': (inventory) =>
    association(inventory)?.unread ?? { known: association(inventory)?.roleArn !== null },
  'eks:ListAddons': (inventory) => cluster(inventory)?.addons,
  'eks:DescribeAddon': (inventory) => addon(inventory)?.detail,
  'eks:DescribeAddonConfiguration': (inventory) => addon(inventory)?.wants,
  'eks:ListNodegroups': (inventory) => cluster(inventory)?.nodeGroups,
  'eks:DescribeNodegroup': (inventory) => seen(cluster(inventory)?.nodeGroups ?? { known: true, value: [] })[0]?.roleArn,
  'iam:ListOpenIDConnectProviders': ({ providers }) => providers,
  'iam:GetOpenIDConnectProvider': ({ providers }) => seen(providers)[0]?.detail,
  'iam:GetAccountAuthorizationDetails': ({ roles }) => roles,
  'iam:GetAccountSummary': ({ quotas }) => quotas,
};

const isOfTime = ({ fault }: Pick<Trouble, 'fault'>): boolean => fault.kind === 'hang' || fault.kind === 'drip';

const CASES = Object.entries(TROUBLES);
/** What is read from the answers of the reads before it: two of one list do not keep each other from being read. */
const ONE_AFTER_ANOTHER: readonly (readonly (keyof typeof SECTIONS)[])[] = [
  ['account:ListRegions', 'iam:ListOpenIDConnectProviders', 'iam:GetAccountAuthorizationDetails', 'iam:GetAccountSummary'],
  ['eks:ListClusters', 'iam:GetOpenIDConnectProvider'],
  ['eks:DescribeCluster', 'eks:ListPodIdentityAssociations', 'eks:ListAddons'],
  ['eks:ListNodegroups', 'eks:DescribePodIdentityAssociation', 'eks:DescribeAddon'],
  ['eks:DescribeNodegroup', 'eks:DescribeAddonConfiguration'],
];
/** Each read by itself, but for those of which each would be waited for: they are late together. */
const LASTING = CASES.flatMap(([name, trouble]) => {
  const together = isOfTime(trouble) ? ONE_AFTER_ANOTHER : ONE_AFTER_ANOTHER.flat().map((action) => [action]);
  return together.map((actions) => [actions.join(', '), name, trouble, actions] as const);
});
const PASSING = LASTING.filter(([, name, { attempts }]) => attempts > 1 && name !== 'no answer');
const OF_ONE_ROLE = ROLE_READS.slice(1).flatMap(({ action }) => CASES.map(([name, trouble]) => [action, name, trouble] as const));

describe('a read of AWS that has trouble', () => {
  const aws = faultyAwsInMemory();

  const port = ({ attempts, fault }: Trouble) =>
    awsPort({
      version: '0',
      maxAttempts: attempts,
      pauseMs: 1,
      giveUpAfterMs: NEVER_MS,
      requestTimeoutMs: isOfTime({ fault }) ? SOON_MS : 10_000,
    });
  const operationOf = (action: string): string => action.split(':')[1] ?? '';
  const read = (actions: readonly string[], trouble: Trouble): Promise<Inventory> =>
    collect(port(trouble), {
      regions: actions.includes('account:ListRegions') ? 'all' : ['eu-west-1'],
      now: () => 0,
      startedAt: '2026-11-23T10:00:00.000Z',
      deadline: null,
    });
  const sectionOf = (action: string): Section => SECTIONS[action as keyof typeof SECTIONS];

  it('every read is among those that have trouble', () => expect(ONE_AFTER_ANOTHER.flat().sort()).toEqual(Object.keys(SECTIONS).sort()));

  it.each(LASTING)('%s, %s, lasting: unread, and nothing else is', async (_, __, trouble, actions) => {
    for (const action of actions) aws.endpoint.on({ operation: operationOf(action) }, trouble.fault);
    const inventory = await read(actions, trouble);
    for (const action of actions) {
      expect([action, sectionOf(action)(inventory)]).toMatchObject([action, { reason: trouble.reason }]);
      expect([action, aws.endpoint.counts()[operationOf(action)]]).toEqual([action, trouble.attempts]);
      expect(inventory.calls[action]).toBe(1);
    }
    // Where calls have little time, a busy machine may be late with others too.
    if (isOfTime(trouble)) return;
    const others = Object.entries(SECTIONS).filter(
      ([other]) => (aws.endpoint.counts()[operationOf(other)] ?? 0) > 0 && !actions.some((action) => action === other),
    );
    for (const [, section] of others) expect(section(inventory)).not.toHaveProperty('reason');
  });

  it.each(CASES)('iam:ListAccountAliases, %s, lasting: the account has no name, and nothing is unread', async (_, trouble) => {
    aws.endpoint.on({ operation: 'ListAccountAliases' }, trouble.fault);
    const inventory = await read(['iam:ListAccountAliases'], trouble);
    expect(inventory.accountAlias).toBeNull();
    if (!isOfTime(trouble)) expect(auditInventory(inventory).coverage.unread).toEqual([]);
  });

  it('the name of the account is read', async () => {
    const inventory = await read(['iam:ListAccountAliases'], TROUBLES['denied'] as Trouble);
    expect([inventory.accountAlias, auditInventory(inventory).accountAlias]).toEqual(['harbour-lane-prod', 'harbour-lane-prod']);
  });

  it.each(PASSING)('%s, %s, passing: read', async (_, __, trouble, actions) => {
    for (const action of actions) aws.endpoint.on({ operation: operationOf(action) }, trouble.fault, trouble.attempts - 1);
    const inventory = await read(actions, trouble);
    for (const action of actions) {
      expect([action, sectionOf(action)(inventory)]).toMatchObject([action, { known: true }]);
      expect([action, aws.endpoint.counts()[operationOf(action)]]).toEqual([action, trouble.attempts]);
      expect(inventory.calls[action]).toBe(1);
    }
  });

  it.each(CASES)('sts:GetCallerIdentity, %s, lasting: no identity', async (_, trouble) => {
    aws.endpoint.on({ service: 'sts' }, trouble.fault);
    const error: unknown = await read(['sts:GetCallerIdentity'], trouble).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(NoIdentityError);
    expect(error).toMatchObject({ problem: trouble.problem });
    expect(aws.endpoint.counts()).toEqual({ GetCallerIdentity: trouble.attempts });
  });

  it('sts:GetCallerIdentity, throttled, passing: an identity', async () => {
    const { throttled } = TROUBLES as Record<'throttled', Trouble>;
    aws.endpoint.on({ service: 'sts' }, throttled.fault, 2);
    await expect(read(['sts:GetCallerIdentity'], throttled)).resolves.toMatchObject({ account: '111122223333' });
  });

  const ofOneRole = async (trouble: Trouble) => {
    const queue = new ReadQueue({ now: () => 0, deadline: null, concurrency: 10, reads: port(trouble).limits });
    try {
      return await collectRoleNamed({ aws: port(trouble), queue, home: 'us-east-1' }, 'arn:aws:iam::111122223333:role/r');
    } finally {
      queue.close();
    }
  };

  it.each(OF_ONE_ROLE)('%s, %s, lasting: the permissions of the role are unread', async (action: ReadAction, _, trouble) => {
    aws.endpoint.on({ operation: operationOf(action) }, trouble.fault);
    const [role] = seen((await ofOneRole(trouble)).roles);
    expect(role?.permissionsUnread).toMatchObject({ reason: trouble.reason });
    expect(aws.endpoint.counts()[operationOf(action)]).toBe(trouble.attempts);
  });

  it.each(CASES)('iam:GetRole, %s, lasting: all roles are read in its place', async (_, trouble) => {
    aws.endpoint.on({ operation: 'GetRole' }, trouble.fault);
    expect((await ofOneRole(trouble)).roles).toMatchObject({ known: true, value: [{ name: 'r' }] });
    expect(aws.endpoint.counts()).toEqual({ GetRole: trouble.attempts, GetAccountAuthorizationDetails: 1 });
  });
});
