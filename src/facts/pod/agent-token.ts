import type { ContainerIdentity, MountedToken, Workload } from '../../model/inventory/workload.js';
import { API_SERVER_AUDIENCE, tokenRead } from '../account/pods-by-hand.js';
import { goesByAgent, injectedContainers } from './running-pods.js';

/** The audience of the tokens that EKS Auth takes (webhook, `pkg/containercredentials`; EKS User Guide, "How EKS Pod Identity works"). */
export const AGENT_AUDIENCE = 'pods.eks.amazonaws.com';

/** What is wrong with the token that a container sends to the agent of EKS Pod Identity. */
export type AgentTokenFault = 'not set' | 'not mounted' | 'audience';

/** A container that asks the agent, and what becomes of the token that it sends. */
export interface JudgedAgentToken {
  readonly container: ContainerIdentity;
  /** Of the file that its variable names, as far as it is known. */
  readonly audience: string | null;
  /** null = nothing that is known. */
  readonly fault: AgentTokenFault | null;
  /** Whether the file is not seen in a volume: something else may put a token there, for all that is read of a pod. */
  readonly isGuessed: boolean;
  readonly state: 'taken' | 'undecided' | 'refused';
}

/** Of the volume that the webhook calls its own the token is taken to lie where it puts it. */
const asOfWebhook = ({ path, ...token }: MountedToken): MountedToken =>
  token.volume === 'eks-pod-identity-token' || path === undefined ? token : { ...token, path };

/** In another partition than that of AWS at large it may end otherwise. */
const mayBeOfAgent = (audience: string): boolean => audience.startsWith(`${AGENT_AUDIENCE}.`);

/** @param isByHand whether the webhook is kept away from its pod */
function judge(container: ContainerIdentity, isByHand: boolean): JudgedAgentToken {
  const { authorizationTokenFile: file, tokens, variables, writableMounts = [], hasEnvFrom = false } = container;
  const found = (state: JudgedAgentToken['state'], more: Partial<JudgedAgentToken> = {}): JudgedAgentToken => ({
    container,
    audience: null,
    fault: null,
    isGuessed: false,
    state,
    ...more,
  });
  if (file == null) {
    // Inventories of earlier versions do not say which file it is.
    const isThere = tokens.some(({ audience }) => audience === AGENT_AUDIENCE);
    const isFromElsewhere = hasEnvFrom || variables.some((name) => name.startsWith('AWS_CONTAINER_AUTHORIZATION_TOKEN') || name === '…');
    if (file === undefined) return found(isThere ? 'taken' : 'undecided');
    // The webhook mounts its token beside half of its variables; of a pod without any, nothing says how its token comes there.
    return isFromElsewhere || !(isByHand || tokens.length > 0) ? found('undecided') : found('refused', { fault: 'not set' });
  }
  const read = tokenRead({ tokens: tokens.map(asOfWebhook), tokenFile: file, writableMounts });
  if (read === 'unread' || read === 'written') return found('undecided');
  if (read === 'not mounted') return found('refused', { fault: 'not mounted', isGuessed: true });
  const audiences = read === 'API server' ? [API_SERVER_AUDIENCE] : read;
  const [audience = null] = audiences;
  if (audiences.includes(AGENT_AUDIENCE)) return found('taken', { audience: AGENT_AUDIENCE });
  if (audiences.some(mayBeOfAgent)) return found('undecided', { audience });
  return found('refused', { fault: 'audience', audience, isGuessed: read === 'API server' });
}

const RANK = { refused: 0, undecided: 1, taken: 2 } as const;

/** Of the containers that go by the agent, what becomes of their tokens, the worst first: SDKs take keys and web identity before it. */
export function agentTokens(workload: Workload): readonly JudgedAgentToken[] {
  return injectedContainers(workload)
    .filter(goesByAgent)
    .map((one) => judge(one, workload.skipsWebhook))
    .sort((left, right) => RANK[left.state] - RANK[right.state]);
}
