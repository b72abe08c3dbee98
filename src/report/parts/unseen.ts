import type { Chain } from '../../model/report/chain.js';
import { commandIn, isPlainArgument } from '../../model/report/command.js';
import type { AskedBy } from '../layout/next-steps.js';

/** A command, and what it tells. */
export interface Look {
  readonly command: string;
  readonly tells: string;
}

/** What configuration does not show of a chain whose links all hold, and the commands that do. */
export interface Unseen {
  readonly words: string;
  readonly looks: readonly Look[];
}

/** Where a pod gets its credentials, as far as a network may keep it from that. */
const ASKED = { 'irsa': 'STS', 'pod-identity': 'the Pod Identity agent (169.254.170.23, [fd00:ec2::23])' } as const;

/** Of calls with its token CloudTrail keeps the role, of calls of the agent it does not. */
const eventsOf = (by: 'irsa' | 'pod-identity', role: string): string =>
  by === 'irsa' ? `AttributeKey=ResourceName,AttributeValue=${role}` : 'AttributeKey=EventName,AttributeValue=AssumeRoleForPodIdentity';

/**
 * What is left to look at where every link holds: what a pod does with it is not in configuration.
 * @param role ARN of the role; null = unread
 */
export function unseenOf({ target, by }: Chain, role: string | null, { program, given }: AskedBy): Unseen | null {
  if (by === null) return null;
  const { namespace, serviceAccount, region, cluster } = target;
  const probe = `${program} probe sa/${serviceAccount} -n ${namespace} --cluster ${region}/${cluster} --pod${given?.access ?? ''}`;
  const lookup = `aws cloudtrail lookup-events --region ${region} --max-items 10 --lookup-attributes ${eventsOf(by, role ?? '')}`;
  const isPlain = (...words: readonly string[]): boolean => words.every(isPlainArgument);
  return {
    words: `Not in configuration: the network from the pod to ${ASKED[by]}, the version of its SDK, credentials in its files, and what the program asks for.`,
    looks: [
      ...(isPlain(`sa/${serviceAccount}`, namespace, `${region}/${cluster}`)
        ? [{ command: probe, tells: 'assumes the role in a pod of its own' }]
        : []),
      ...(isPlain(region, role ?? '')
        ? [{ command: commandIn(given?.profile, lookup), tells: 'what its pods asked for, and the answers' }]
        : []),
    ],
  };
}
