import * as account from '@aws-sdk/client-account';
import * as eks from '@aws-sdk/client-eks';
import * as iam from '@aws-sdk/client-iam';
import * as sts from '@aws-sdk/client-sts';
import { describe, expect, it } from '@jest/globals';
import { READS } from '../../src/collect/reading/reads.js';

const SDK: Readonly<Record<(typeof READS)[number]['service'], object>> = { account, eks, iam, sts };

describe('the table of reads', () => {
  const byAction = READS.map((read) => [read.action, read] as const);
  it.each(byAction)('%s is a command of the SDK and an IAM action of the same service', (action, { service, command }) => {
    expect(SDK[service]).toHaveProperty(`${command}Command`);
    expect(action).toBe(`${service}:${command}`);
  });

  it('only reads', () => {
    for (const { command } of READS) expect(command).toMatch(/^(Get|List|Describe)/);
  });

  it('names each action and each section once', () => {
    expect(new Set(READS.map(({ action }) => action)).size).toBe(READS.length);
    expect(new Set(READS.map(({ section }) => section)).size).toBe(READS.length);
  });

  it('knows the one action that needs no permission', () => {
    expect(READS.filter((read) => 'needsNoPermission' in read).map(({ action }) => action)).toEqual(['sts:GetCallerIdentity']);
  });
});
