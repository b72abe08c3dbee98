import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { contextsOfClusters } from '../../cli/reading/kube-contexts.js';

const folder = mkdtempSync(join(tmpdir(), 'kube-contexts-'));
afterAll(() => {
  delete process.env['KUBECONFIG'];
  rmSync(folder, { recursive: true });
});

it.each([
  ['mine', '`aws eks update-kubeconfig --alias mine` makes one that does.'],
  ["mine'; touch CANARY #", '`aws eks update-kubeconfig` makes one that does.'],
  ['$(touch CANARY)', '`aws eks update-kubeconfig` makes one that does.'],
])('tells what makes a context of an EKS cluster, and in it no name that a shell may act on: %j', async (name, words) => {
  process.env['KUBECONFIG'] = join(folder, 'config');
  const config = {
    'apiVersion': 'v1',
    'kind': 'Config',
    'current-context': name,
    'contexts': [{ name, context: { cluster: 'minikube', user: 'me' } }],
    'clusters': [{ name: 'minikube', cluster: { server: 'https://127.0.0.1:6443' } }],
    'users': [{ name: 'me', user: { token: 'none' } }],
  };
  writeFileSync(process.env['KUBECONFIG'], JSON.stringify(config));
  await expect(contextsOfClusters([name])).rejects.toThrow(words);
});
