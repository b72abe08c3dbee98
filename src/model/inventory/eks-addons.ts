/** The name of the add-on that brings the agent of EKS Pod Identity, and of its daemon set. */
export const POD_IDENTITY_AGENT = 'eks-pod-identity-agent';

/**
 * AWS's own add-ons of which the EKS User Guide says that they need no permissions, or, as the agent, those of the nodes alone
 * ("AWS add-ons", workloads-add-ons-available-eks.html, read on 2026-12-01). Of others nobody knows without asking.
 */
const WANTING_NOTHING: ReadonlySet<string> = new Set([
  'coredns',
  'kube-proxy',
  'snapshot-controller',
  'eks-node-monitoring-agent',
  'aws-guardduty-agent',
  POD_IDENTITY_AGENT,
]);

/** Whether an add-on is known to want nothing of IAM, whatever its version. */
export function wantsNothing(addon: string): boolean {
  return WANTING_NOTHING.has(addon);
}
