import { setTimeout as wait } from 'node:timers/promises';
import { textOf, wordsOf } from '../collect/kubernetes/pages.js';
import type { Answer, WritableApiServer } from '../collect/kubernetes/ports.js';
import { listOf } from '../collect/kubernetes/records.js';
import { ReadError } from '../collect/reading/read-error.js';
import { membersOf, type Members } from '../lib/is-object.js';
import type { PodProbe, ProbePlan } from '../model/report/probe.js';
import { agrees, expectedOf } from './expected-outcome.js';
import { readPodAnswer } from './pod-answer.js';
import { nameOfPod, podManifest } from './pod-manifest.js';
import { pathOf, podsPath, POLL_MS, remove, sweep, uidOf, type ProbePod } from './pod-removal.js';
import { ProbeError } from './probe-error.js';

/** Why a container waits that will not start by waiting longer. */
const HOPELESS = new Set([
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'CreateContainerConfigError',
  'CreateContainerError',
]);

export interface PodProbeOptions {
  readonly image: string;
  /** How long the pod may take, its image included. */
  readonly seconds: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Aborted when somebody wants it ended. */
  readonly interrupted: AbortSignal;
  /** Aborted when those seconds have passed. */
  readonly timeIsUp: AbortSignal;
}

/** How somebody takes the pod away by hand. */
const byHand = ({ name, namespace }: ProbePod, context: string): string =>
  `kubectl delete pod ${name} --namespace ${namespace} --context ${context}`;

function needs(answer: Answer, verbs: string): string {
  return answer.status === 403 && !/exceeded quota|violates PodSecurity|admission webhook/.test(wordsOf(answer))
    ? ` Whoever probes with a pod has to be allowed ${verbs} on \`pods\` of that namespace; reading needs none of it.`
    : '';
}

/** Thrown where no pod was made for certain: there is none to take away. */
class NotMadeError extends ProbeError {}

/** @returns the pod that was made, by its uid too */
async function create(pod: ProbePod, manifest: object, signal: AbortSignal): Promise<ProbePod> {
  const answer = await pod.server.post(podsPath(pod.namespace), manifest, signal);
  if (answer.status === 201) return { ...pod, uid: uidOf(answer.body) };
  // A server that breaks off, or one between here and there, may have made it anyway.
  throw new (answer.status >= 500 ? ProbeError : NotMadeError)(
    `The cluster made no pod in ${pod.namespace}: ${wordsOf(answer)}.${needs(answer, '`create`, `get`, `list` and `delete`')}`,
  );
}

/** What a pod that never ran says of why. */
function whyWaiting(status: Members): string {
  const [container] = listOf(status['containerStatuses']);
  const waiting = membersOf(membersOf(container?.['state'])['waiting']);
  const unscheduled = listOf(status['conditions']).find((one) => one['type'] === 'PodScheduled' && one['status'] === 'False');
  const words = [
    textOf(waiting['reason']),
    textOf(waiting['message']),
    textOf(unscheduled?.['message']),
    textOf(status['reason']),
    textOf(status['message']),
  ];
  return words.filter((one) => one !== null && one !== '').join(': ') || 'the cluster does not say why';
}

const isHopeless = (status: Members): boolean =>
  listOf(status['containerStatuses']).some(({ state }) => HOPELESS.has(textOf(membersOf(membersOf(state)['waiting'])['reason']) ?? ''));

/** Waits until the pod has ended. @returns its termination message */
async function ended(pod: ProbePod, seconds: number, signal: AbortSignal): Promise<string> {
  const { server, name } = pod;
  let last: Members = {};
  try {
    for (;;) {
      const answer = await server.get(pathOf(pod), signal);
      if (answer.status === 404 || (answer.status === 200 && pod.uid !== null && uidOf(answer.body) !== pod.uid))
        throw new ProbeError(`The pod ${name} was removed by somebody else before it had said anything.`);
      if (answer.status !== 200) throw new ProbeError(`The pod ${name} could not be read: ${wordsOf(answer)}.${needs(answer, '`get`')}`);
      last = membersOf(membersOf(answer.body)['status']);
      const phase = textOf(last['phase']);
      const [container] = listOf(last['containerStatuses']);
      const message = textOf(membersOf(membersOf(container?.['state'])['terminated'])['message']);
      if (message !== null && message !== '') return message;
      if (phase === 'Failed' || phase === 'Succeeded') throw new ProbeError(`The pod ${name} ended and said nothing: ${whyWaiting(last)}.`);
      if (isHopeless(last)) throw new ProbeError(`The pod ${name} cannot start: ${whyWaiting(last)}.`);
      await wait(POLL_MS, undefined, { signal });
    }
  } catch (error) {
    if (error instanceof ProbeError || !signal.aborted) throw error;
    throw new ProbeError(`The pod ${name} had not ended after ${seconds} s: ${whyWaiting(last)}. --timeout gives it longer.`, {
      cause: error,
    });
  }
}

/**
 * Takes the role of a service account in a pod of its own, which is taken away whatever happens.
 * @throws ProbeError where nothing came of it, or the pod could not be taken away
 */
export async function probeInPod(
  server: WritableApiServer,
  plan: ProbePlan,
  context: string,
  { image, seconds, now, interrupted, timeIsUp }: PodProbeOptions,
): Promise<PodProbe> {
  const { namespace, serviceAccount, region } = plan.chain.target;
  const name = nameOfPod();
  let pod: ProbePod = { server, namespace, name, uid: null };
  const signal = AbortSignal.any([interrupted, timeIsUp]);
  let failure: ProbeError | null = null;
  let result: PodProbe | null = null;
  // Whoever breaks off while the pod is made may not learn that it was.
  let mayBeThere = false;
  try {
    const swept = await sweep(server, namespace, now(), signal);
    mayBeThere = true;
    pod = await create(pod, podManifest({ name, serviceAccount, image, region, seconds }), signal).catch((error: unknown) => {
      mayBeThere = !(error instanceof NotMadeError);
      throw error;
    });
    const { given, outcome } = readPodAnswer(await ended(pod, seconds, signal), plan.roleArn);
    const expected = expectedOf(plan.chain);
    const seen = outcome.kind === 'another' ? { kind: 'refused' as const, error: '' } : outcome;
    // What a webhook does that gave nothing, the audit of roles and trust policies did not foretell.
    const asExpected = given.roleArn === null && given.credentialsUri === null ? null : agrees(expected, seen);
    result = { ...plan, pod: name, image, swept, given, expected, outcome, asExpected };
  } catch (error) {
    if (interrupted.aborted) failure = new ProbeError('Broken off.', { cause: error });
    else if (error instanceof ProbeError) failure = error;
    else if (error instanceof ReadError) failure = new ProbeError(error.detail, { cause: error });
    else throw error;
  } finally {
    const left = mayBeThere ? await remove(pod) : null;
    if (left !== null)
      failure = new ProbeError(
        `${failure === null ? '' : `${failure.message} `}The pod ${name} could not be removed: ${left}. Remove it: ${byHand(pod, context)}`,
      );
  }
  if (failure !== null) throw failure;
  if (result === null) throw new Error('a probe without a result');
  return result;
}
