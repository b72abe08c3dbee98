import type { Given, PodOutcome } from '../model/report/probe.js';
import { ProbeError } from './probe-error.js';

const NAMES = ['role', 'tokenFile', 'credentialsUri', 'keys', 'status'] as const;

/** How the AWS CLI says that AWS said no, or that it found nothing to ask with. */
const REFUSED = /An error occurred \((\w+)\)|Unable to locate credentials|Error when retrieving (credentials|token)/;
const NO_PROGRAM = '127';

/** What a pod said of itself and of its call. */
export interface PodAnswer {
  readonly given: Given;
  readonly outcome: PodOutcome;
}

/** The name of the role of a session: `app` of `arn:aws:sts::210987654321:assumed-role/app/session`. */
const roleOfSession = (arn: string): string | null => /^arn:[^:]+:sts::\d{12}:assumed-role\/([^/]+)\/.+$/.exec(arn)?.[1] ?? null;

/**
 * Reads the termination message of a probe's pod.
 * @param roleArn the role that it was to have
 * @throws ProbeError where the pod could not ask, or said something else
 */
export function readPodAnswer(message: string, roleArn: string): PodAnswer {
  const [head = '', answer] = message.split(/^answer=/m);
  const lines = head.split('\n').filter((line) => line !== '');
  const told = new Map(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
  if (answer === undefined || lines.length !== NAMES.length || !NAMES.every((name) => told.has(name)))
    throw new ProbeError('The pod ended and said nothing that is understood: the image has to have a shell and the AWS CLI.');
  const value = (name: (typeof NAMES)[number]): string | null => told.get(name) || null;
  const given = {
    roleArn: value('role'),
    tokenFile: value('tokenFile'),
    credentialsUri: value('credentialsUri'),
    hasKeys: value('keys') !== null,
  };
  const words = answer.trim();
  const status = value('status');
  if (status === '0') {
    const isMeant = roleOfSession(words) === (roleArn.split('/').at(-1) ?? roleArn);
    return { given, outcome: { kind: isMeant ? 'admitted' : 'another', arn: words } };
  }
  if (status === NO_PROGRAM) throw new ProbeError('The image has no `aws` on its path: name one with the AWS CLI (--image).');
  if (!REFUSED.test(words)) throw new ProbeError(`The pod could not ask STS: ${words === '' ? 'it said nothing' : words}`);
  return { given, outcome: { kind: 'refused', error: words } };
}
