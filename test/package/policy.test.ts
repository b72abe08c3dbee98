import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Json } from '../../src/model/inventory/inventory.js';
import { evaluateTrust, type WebIdentityRequest } from '../../src/policy/language/evaluate.js';

/** What a page in a browser may load for it. */
const MOST_BYTES = 25_000;

interface Case {
  readonly trustPolicy: Json;
  readonly request: WebIdentityRequest;
}

/** Published policies, each asked about a subject that somebody has. */
const CASES: readonly Case[] = readFileSync('test/cases/field-policies.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as { trustPolicy?: Json; providers: { arn: string; url: string }[]; clusters: object[] })
  .map(({ trustPolicy = null, providers: [provider], clusters }) => ({
    trustPolicy,
    request: {
      providerArn: provider?.arn ?? 'accounts.google.com',
      issuer: `https://${provider?.url ?? 'accounts.google.com'}`,
      audience: 'sts.amazonaws.com',
      subject:
        clusters.length > 0
          ? 'system:serviceaccount:kube-system:aws-load-balancer-controller'
          : 'repo:octo-org/octo-repo:ref:refs/heads/main',
    },
  }));

/**
 * Bundles the entry as an app for browsers does, and runs it where JavaScript has what the language has and nothing else. In a process
 * of its own: esbuild does not run inside jest.
 */
const PROGRAM = `
  const { build } = require('esbuild');
  const vm = require('node:vm');
  const cases = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
  build({ stdin: { contents: "export * from 'irsa-auditor/policy'", resolveDir: process.cwd() }, bundle: true, platform: 'browser',
    format: 'iife', globalName: 'policy', write: false, logLevel: 'silent' }).then(({ outputFiles: [{ text }] }) => {
    const page = vm.createContext({});
    vm.runInContext(text, page);
    const known = vm.runInContext("[typeof process, typeof require, typeof Buffer, typeof fetch, typeof setTimeout].join()", page);
    page.cases = JSON.stringify(cases);
    const verdicts = vm.runInContext('JSON.stringify(JSON.parse(cases).map(({ trustPolicy, request }) => policy.evaluateTrust(trustPolicy, request)))', page);
    process.stdout.write(JSON.stringify({ known, verdicts: JSON.parse(verdicts) }));
  });`;

describe('the evaluator alone', () => {
  it(`has at most ${MOST_BYTES} bytes`, () => expect(statSync('dist/policy.js').size).toBeLessThanOrEqual(MOST_BYTES));

  it('is one file that asks for nothing', () => expect(readFileSync('dist/policy.js', 'utf8')).not.toMatch(/\bimport\b|\brequire\(/));

  it('gives in a page what it gives here', () => {
    expect(CASES.length).toBeGreaterThan(20);
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', PROGRAM], { input: JSON.stringify(CASES), encoding: 'utf8' });
    expect(stderr).toBe('');
    const { known, verdicts } = JSON.parse(stdout) as { readonly known: string; readonly verdicts: unknown };
    expect(known).toBe('undefined,undefined,undefined,undefined,undefined');
    const here = CASES.map(({ trustPolicy, request }) => evaluateTrust(trustPolicy, request));
    expect(verdicts).toEqual(here);
    expect(new Set(here.map(({ verdict }) => verdict)).size).toBeGreaterThan(1);
  });
});
