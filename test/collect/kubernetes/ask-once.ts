// Asks an API server that is not there as a user whose credentials come from the program that is named: what is printed is looked at.
import { KubeConfig } from '@kubernetes/client-node';
import { connectAs } from '../../../src/collect/kubernetes/api-server.js';

const config = new KubeConfig();
config.loadFromOptions({
  clusters: [{ name: 'prod', server: 'https://127.0.0.1:1', skipTLSVerify: false }],
  users: [{ name: 'me', exec: { command: process.execPath, args: [process.argv[2]] } }],
  contexts: [{ name: 'mine', cluster: 'prod', user: 'me' }],
  currentContext: 'mine',
});
await connectAs(config)
  .get('/version', new AbortController().signal)
  .catch(() => process.stdout.write('asked\n'));
