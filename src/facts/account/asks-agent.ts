import type { ContainerIdentity } from '../../model/inventory/workload.js';

/** Where the agent of EKS Pod Identity answers, by IPv4 and by IPv6. */
const AGENT = /^https?:\/\/(?:169\.254\.170\.23|\[fd00:ec2::23\])(?:[:/]|$)/i;

/** Whether a container was told of the agent of EKS Pod Identity: another address is that of somebody else. */
export const asksAgent = ({ credentialsUri }: ContainerIdentity): boolean => credentialsUri !== null && AGENT.test(credentialsUri);
