import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { LastReport } from '../../cli/terminal/last-report.js';
import { readAgain, readWithOf, recall, remember, type ReadWith } from '../../cli/reading/remembered.js';
import { run } from '../../cli/run.js';
import { NoIdentityError } from '../../src/collect/reading/no-identity-error.js';
import { inContexts } from '../../src/selection/in-contexts.js';
import { parseInventory } from '../../src/saved/inventory-file.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { captured } from './io-of-test.js';

const example = parseInventory(readFileSync('examples/account.json', 'utf8'), 'example');
const report = auditInventory(example, { now: '2026-11-02T07:00:00.000Z' });
const ROLE = 'arn:aws:iam::418527603941:role/reader';

function keeping(): LastReport {
  let kept: string | null = null;
  return {
    read: () => Promise.resolve(kept),
    keep: (text) => {
      kept = text;
      return Promise.resolve(true);
    },
  };
}

/** A machine on which an account was audited so. */
async function audited(readWith: ReadWith, { context }: { readonly context?: string } = {}): Promise<LastReport> {
  const last = keeping();
  const contexts = context === undefined ? [] : [{ context, cluster: 'shop-prod', region: 'eu-west-1' }];
  await remember({ report: inContexts(report, contexts), inventories: [], readWith }, last);
  return last;
}

/** Runs where nobody is signed in. */
async function ran(lastReport: LastReport, ...argv: readonly string[]) {
  const asked: unknown[] = [];
  const world = captured({
    lastReport,
    terminal: { width: 120, rows: 40 },
    aws: (access) => {
      asked.push(access);
      throw new NoIdentityError('no-credentials', 'nobody is signed in');
    },
  });
  return { status: await run([...argv], world.io), out: world.out(), err: world.err(), asked };
}

describe('what an account was read with', () => {
  it('is kept and comes back, and no more than that', async () => {
    const last = keeping();
    const readWith = { profile: 'prod', context: ['shop'], kubeconfig: '/home/jane/config', thatContextOnly: true } as const;
    await remember({ report, inventories: [], readWith }, last);
    expect((await recall(last))?.readWith).toEqual(readWith);
    await last.keep(
      JSON.stringify({ ...(JSON.parse((await last.read()) ?? '') as object), readWith: { profile: 3, context: [{}], x: 'y' } }),
    );
    expect((await recall(last))?.readWith).toEqual({});
  });

  it('is taken with the context alone: what is named now limits nothing else', () => {
    const before = { context: ['shop'], thatContextOnly: true } as const;
    expect(readAgain({}, before)).toEqual(before);
    expect(readAgain({ context: ['edge'] }, before)).toEqual({ context: ['edge'] });
    expect(readWithOf({ ...before, profile: 'prod' })).toEqual({ ...before, profile: 'prod' });
  });

  it('is in the commands of what is shown later', async () => {
    const last = await audited({ profile: 'prod' });
    const trust = await ran(last, 'show', 'role/exporter');
    expect(trust.out).toMatch(/\n {4}\$ aws iam update-assume-role-policy --role-name exporter [^\n]* --profile prod\n/);
    expect(trust.out).toContain('$ irsa-auditor why sa/exporter -n data --cluster eu-west-1/shop-prod --profile prod\n');
    expect(trust.err).toBe('');
    // kubectl goes by its context.
    const inside = await ran(last, 'show', 'sa/wishlist');
    expect(inside.out).toMatch(/\$ kubectl annotate [^\n]*role\/wishlist\n/);
    expect((await ran(await audited({}), 'show', 'role/exporter')).out).not.toContain('--profile');
  });

  it('is the context too, by which the check goes', async () => {
    const last = await audited({ context: ['shop'], kubeconfig: '/home/jane/config' }, { context: 'shop' });
    const { out } = await ran(last, 'show', 'sa/wishlist');
    expect(out).toContain('why sa/wishlist -n shop --cluster eu-west-1/shop-prod --context shop --kubeconfig /home/jane/config\n');
    expect(out).toContain('$ kubectl annotate serviceaccount wishlist --context shop ');
  });

  it('is no profile of commands where a role was assumed, which they say', async () => {
    const { out, err } = await ran(await audited({ profile: 'hub', roleArn: ROLE }), 'show', 'role/exporter');
    expect(out).toMatch(/\n {4}\$ aws iam update-assume-role-policy --role-name exporter [^\n]*\}'\n/);
    expect(out).toContain(`--cluster eu-west-1/shop-prod --profile hub --role-arn ${ROLE}\n`);
    expect(err).toContain('The AWS commands are for account 418527603941: run them with credentials of it.');
  });

  it('is taken again to allow somebody, unless other credentials are named', async () => {
    const last = await audited({ profile: 'prod', roleArn: ROLE, externalId: 'audit:42' });
    const grant = ['show', 'role/search', '--grant', 'shop/search'];
    expect((await ran(last, ...grant)).asked).toEqual([{ profile: 'prod', roleArn: ROLE, externalId: 'audit:42' }]);
    expect((await ran(last, ...grant, '--profile', 'other')).asked).toEqual([{ profile: 'other' }]);
  });
});
