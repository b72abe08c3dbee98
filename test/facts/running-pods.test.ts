import { describe, expect, it } from '@jest/globals';
import { inWords, restartAdvice, restartCommands, runningPods } from '../../src/facts/pod/running-pods.js';
import { deriveFacts } from '../../src/facts/account/facts.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';

const ISSUER = 'https://oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6';
const [running] = runningPods(
  deriveFacts(
    inventoryOfCase({
      clusters: [{ name: 'prod', issuer: ISSUER }],
      serviceAccounts: [{ cluster: 'prod', namespace: 'shop', name: 'app', annotations: { 'eks.amazonaws.com/role-arn': 'arn' } }],
      pods: [{ cluster: 'prod', namespace: 'shop', name: 'app-1', serviceAccountName: 'app' }],
    }),
  ),
  { kind: 'cluster', region: 'eu-west-1', cluster: 'prod' },
);

describe('pods, and how they are made anew', () => {
  it.each([
    ['Deployment', 1, 'Deployment app (pod app-1)', 'Restart the pods', ['kubectl', 'rollout', 'restart', 'deployment/app']],
    ['StatefulSet', 3, 'StatefulSet app (3 pods, such as app-1)', 'Restart the pods', ['kubectl', 'rollout', 'restart', 'statefulset/app']],
    ['Job', 2, 'Job app (2 pods, such as app-1)', 'Delete the job and run it again', null],
    [
      'CronJob',
      1,
      'CronJob app (pod app-1)',
      'Wait for the next run of the cron job, or delete the job and start one from the cron job',
      null,
    ],
    ['Pod', 1, 'pod app', 'Nothing makes this pod again: delete it and apply its manifest once more', null],
    ['Pod', 1, 'Pod app (pod app-exec-1)', 'Delete the pod, and let what made it make it again', null, 'app-exec-1'],
    ['Rollout', 2, 'Rollout app (2 pods, such as app-1)', 'Delete the pod, and let what made it make it again', null],
  ])('%s of %i', (kind, pods, words, advice, command, example = 'app') => {
    if (running === undefined) throw new Error('no pods');
    const workload = { ...running.of.workload, owner: { kind, name: 'app' }, pods, ...(kind === 'Pod' && { example }) };
    expect([inWords(workload), restartAdvice(workload)]).toEqual([words, advice]);
    const where = ['--context', running.of.of.cluster.cluster.arn, '--namespace', 'shop'];
    expect(restartCommands({ ...running.of, workload })).toEqual(command === null ? [] : [[...command, ...where]]);
  });
});

describe('pods of one service account', () => {
  it('are held against those of the same owner alone: thousands of owners may share it', () => {
    // Those that are alike count as one.
    const pod = (name: string, owner: string) => ({
      cluster: 'prod',
      namespace: 'ci',
      name,
      serviceAccountName: 'runner',
      owner: { kind: 'Job', name: owner },
      env: { AWS_REGION: name },
    });
    const facts = deriveFacts(
      inventoryOfCase({
        clusters: [{ name: 'prod', issuer: ISSUER }],
        serviceAccounts: [{ cluster: 'prod', namespace: 'ci', name: 'runner', annotations: { 'eks.amazonaws.com/role-arn': 'arn' } }],
        pods: [pod('a-1', 'a'), pod('b-1', 'b'), pod('a-2', 'a')],
      }),
    );
    const found = runningPods(facts, { kind: 'cluster', region: 'eu-west-1', cluster: 'prod' });
    expect(found.map(({ of }) => [of.workload.example, of.siblings.map(({ example }) => example)])).toEqual([
      ['a-1', ['a-1', 'a-2']],
      ['a-2', ['a-1', 'a-2']],
      ['b-1', ['b-1']],
    ]);
  });
});
