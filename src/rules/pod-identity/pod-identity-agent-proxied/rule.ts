import { goesByAgent, injectedContainers, inWords, runningPods, type RunningPods } from '../../../facts/pod/running-pods.js';
import { AGENT_UNREACHABLE } from '../../../model/report/sdk-errors.js';
import { defineRule, type Messages, type Raised } from '../../contract/define-rule.js';

const ADDRESSES = '169.254.170.23 and [fd00:ec2::23]';

const messages = {
  proxied: ({ container, pods, account }: { container: string; pods: string; account: string }) =>
    `The container ${container} of ${pods} sets HTTP_PROXY, and its NO_PROXY does not name the Pod Identity agent, from which it gets the credentials of ${account}: SDKs that heed both ask the proxy.`,
} satisfies Messages;

function evaluate({ of, workload }: RunningPods): readonly Raised[] {
  const proxied = injectedContainers(workload).filter((one) => one.proxied === 'yes' && goesByAgent(one));
  const [first] = proxied;
  if (!of.associated || first === undefined) return [];
  return [
    {
      message: messages.proxied({ container: first.name, pods: inWords(workload), account: of.id }),
      evidence: proxied.map(({ name }) => ({
        what: `NO_PROXY of the container ${name}`,
        path: null,
        found: 'without the addresses of the agent',
        expected: ADDRESSES,
      })),
      related: [{ type: 'service-account', id: of.id, why: 'its pods get their credentials from the agent' }],
      issuer: of.cluster.url,
      fix: {
        summary: `Add ${ADDRESSES} to NO_PROXY (and no_proxy, where that is set) of the container ${first.name}, and let the pods be recreated.`,
      },
    },
  ];
}

/** A container that asks the Pod Identity agent sends that call to a proxy. */
export const podIdentityAgentProxied = defineRule({
  id: 'pod-identity-agent-proxied',
  cause: 'podid-agent-proxied',
  since: '0.2.0',
  kind: 'break',
  severity: 'medium',
  confidence: 'likely',
  scope: 'cluster',
  link: 'credentials of the pod',
  needs: ['service-accounts', 'workloads', 'pod-identity-associations', 'clusters'],
  uses: ['namespaces'],
  looksAt: ['roles'],
  title: 'NO_PROXY lacks Pod Identity agent',
  why: 'The agent answers on the node by plain HTTP at a link-local address, which no proxy reaches. Pods with HTTP_PROXY need its addresses in NO_PROXY. Which variables an SDK heeds differs between SDKs.',
  error: AGENT_UNREACHABLE,
  references: ['EKS/pod-id-agent-setup.html'],
  subjects: runningPods,
  evaluate,
});
