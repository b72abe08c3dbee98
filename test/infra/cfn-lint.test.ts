import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { describeOnMoto } from '../support/aws/moto.js';
import { pythonWithMoto } from '../support/python.js';
import { stackOf } from './synthesise.js';

/** Only this one is ignored: CDK makes a function wait for its role, which the function's reference to it does as well. */
const CDK_WAITS_TWICE = 'W3005';

// cfn-lint comes with moto, which reads templates by it.
describeOnMoto('cfn-lint', () => {
  const folder = mkdtempSync(join(tmpdir(), 'irsa-auditor-template-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  function lint(template: unknown): string {
    const file = join(folder, 'template.json');
    writeFileSync(file, JSON.stringify(template));
    const program = ['-c', 'from cfnlint.runner import main; main()'];
    const options = ['--ignore-checks', CDK_WAITS_TWICE, '--template', file];
    const { stdout, stderr, error } = spawnSync(pythonWithMoto(), [...program, ...options], { encoding: 'utf8' });
    if (error !== undefined) throw error;
    return (stdout + stderr).trim();
  }

  it.each([
    ['the defaults', {}],
    ['a key of its own, a schedule and regions', { topicEncryptionKey: 'new', schedule: 'cron(0 7 ? * MON-FRI *)', regions: 'eu-west-1' }],
    ['access to clusters', { kubernetes: 'true', clusterAccess: 'shop,data' }],
  ])('has nothing to say about %s', (_, context) => expect(lint(Template.fromStack(stackOf(context)).toJSON())).toBe(''));

  it('was asked: it speaks about a template that is wrong', () =>
    expect(lint({ Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: 'long' } } } })).toContain('E3012'));
});
