import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { controlPlane } from '../../support/kubernetes/kube.js';

/** One context: what its cluster is called, the arguments of the program that gets its token, and where its server is. */
interface Context {
  readonly cluster: string;
  readonly args?: readonly string[];
  readonly server?: string;
}

/** The kubeconfig of a test, whose users are the administrator of the control plane. */
export class KubeconfigOfTest {
  readonly folder = mkdtempSync(join(tmpdir(), 'kubeconfig-'));

  constructor(private readonly namespace: string) {}

  /** The first context is the current one. */
  write(contexts: Readonly<Record<string, Context>>): void {
    const { url, ca, adminToken } = controlPlane();
    const data = Buffer.from(ca).toString('base64');
    const all = Object.entries(contexts);
    const credential = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: { token: adminToken } };
    const exec = (args: readonly string[]): object => ({
      apiVersion: 'client.authentication.k8s.io/v1',
      command: process.execPath,
      args: ['-e', `process.stdout.write(${JSON.stringify(JSON.stringify(credential))})`, '--', ...args],
      interactiveMode: 'Never',
    });
    const content = {
      'apiVersion': 'v1',
      'kind': 'Config',
      'current-context': all[0]?.[0],
      'contexts': all.map(([name, { cluster }]) => ({ name, context: { cluster, user: name, namespace: this.namespace } })),
      'clusters': all.map(([, { cluster, server }]) => ({
        name: cluster,
        cluster: { 'server': server ?? url, 'certificate-authority-data': data },
      })),
      'users': all.map(([name, { args }]) => ({ name, user: args === undefined ? { token: adminToken } : { exec: exec(args) } })),
    };
    process.env['KUBECONFIG'] = join(this.folder, 'config');
    writeFileSync(process.env['KUBECONFIG'], stringify(content));
  }

  remove(): void {
    delete process.env['KUBECONFIG'];
    rmSync(this.folder, { recursive: true });
  }
}
