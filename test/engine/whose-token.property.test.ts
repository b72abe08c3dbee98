import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';
import { accounts } from './made-up-account.js';

const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 400);

const OF_WEBHOOK = /^(?:\/var)?\/run\/secrets\/eks\.amazonaws\.com\/serviceaccount/;

type Pod = NonNullable<Case['pods']>[number];

/** A pod with the tokens that it mounts by itself, in volumes of its own, moved out of the folder of the webhook. */
function moved(pod: Pod): Pod {
  const own = new Set((pod.volumes ?? []).map((volume) => (volume as { readonly name: string }).name));
  if (own.size === 0) return pod;
  const elsewhere = (place: string): string => place.replace(OF_WEBHOOK, '/var/run/own');
  return {
    ...pod,
    containers: (pod.containers ?? []).map((container) => {
      const mounts = container.volumeMounts ?? [];
      const file = container.env?.['AWS_WEB_IDENTITY_TOKEN_FILE'];
      const isMounted = mounts.some(({ mountPath, name }) => own.has(name) && file?.startsWith(`${mountPath}/`) === true);
      if (file === undefined || !isMounted) return container;
      return {
        ...container,
        env: { ...container.env, AWS_WEB_IDENTITY_TOKEN_FILE: elsewhere(file) },
        volumeMounts: mounts.map((one) => ({ ...one, mountPath: elsewhere(one.mountPath) })),
      };
    }),
  };
}

const told = (account: Case): readonly string[] =>
  auditInventory(inventoryOfCase(account))
    .findings.map(({ rule, subject, severity, confidence }) => `${rule} ${subject.id} ${severity} ${confidence}`)
    .sort();

describe('where a token lies', () => {
  it('tells nothing of who mounted it: its volume does', () => {
    fc.assert(
      fc.property(accounts, (account) => {
        const pods = (account.pods ?? []).map(moved);
        fc.pre(JSON.stringify(pods) !== JSON.stringify(account.pods ?? []));
        expect(told({ ...account, pods })).toEqual(told(account));
      }),
      { numRuns: RUNS },
    );
  });
});
