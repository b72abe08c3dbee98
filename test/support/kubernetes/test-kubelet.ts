import { setImmediate as nextTurn } from 'node:timers/promises';
import type { V1Pod, V1PodStatus } from '@kubernetes/client-node';
import type { TestNamespace } from './kube.js';

const LABEL = 'irsa-auditor/probe=true';

/** What becomes of a pod: what a kubelet would say of it, or something that is done to it. */
export type Fate = (pod: V1Pod) => V1PodStatus | Promise<void>;

/** Plays the kubelet for the probe's pods of one namespace: nothing runs, it only says of each pod what became of it, once. */
export class TestKubelet {
  readonly seen: V1Pod[] = [];
  private running = true;
  private readonly loop: Promise<void>;

  constructor(
    private readonly namespace: TestNamespace,
    private readonly fate: Fate,
  ) {
    this.loop = this.run();
  }

  private async run(): Promise<void> {
    const { core, name: namespace } = this.namespace;
    const known = new Set<string>();
    while (this.running) {
      const { items } = await core.listNamespacedPod({ namespace, labelSelector: LABEL });
      for (const pod of items.filter(({ metadata }) => !known.has(metadata?.uid ?? ''))) {
        known.add(pod.metadata?.uid ?? '');
        this.seen.push(pod);
        const status = this.fate(pod);
        if (status instanceof Promise) await status;
        else await core.replaceNamespacedPodStatus({ namespace, name: pod.metadata?.name ?? '', body: { ...pod, status } });
      }
      await nextTurn();
    }
  }

  async stop(): Promise<void> {
    this.running = false;
    await this.loop;
  }
}

/** The status of a pod whose one container ended with this termination message. */
export function endedWith(message: string): V1PodStatus {
  const state = { terminated: { exitCode: 0, message } };
  return {
    phase: 'Succeeded',
    containerStatuses: [{ name: 'probe', image: '', imageID: '', ready: false, restartCount: 0, state }],
  };
}

/** That of one whose container waits. */
export function waitingFor(reason: string, message: string): V1PodStatus {
  const state = { waiting: { reason, message } };
  return { phase: 'Pending', containerStatuses: [{ name: 'probe', image: '', imageID: '', ready: false, restartCount: 0, state }] };
}
