import type { KubeContext } from '../../src/collect/kubernetes/kubeconfig.js';
import { isPlainArgument } from '../../src/model/report/command.js';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import { seen } from '../../src/model/inventory/observed.js';
import { UsageError } from '../terminal/io.js';

/** A context of the kubeconfig. @param wanted its name; null = the current one. @param file another kubeconfig. @throws UsageError */
export async function kubeContextNamed(wanted: string | null, file?: string): Promise<KubeContext> {
  // Loaded where it is asked for: it is larger than all the rest.
  const { kubeContext, KubeconfigError } = await import('../../src/collect/kubernetes/kubeconfig.js');
  try {
    return kubeContext(wanted, file);
  } catch (error) {
    throw error instanceof KubeconfigError ? new UsageError(error.message, { cause: error }) : error;
  }
}

/** Contexts each of which is to lead to an EKS cluster. @throws UsageError where one does not tell which */
export async function contextsOfClusters(names: readonly string[], file?: string): Promise<readonly KubeContext[]> {
  const contexts = await Promise.all(names.map((name) => kubeContextNamed(name, file)));
  const mute = contexts.find(({ cluster }) => cluster === null);
  if (mute === undefined) return contexts;
  const alias = isPlainArgument(mute.context) ? ` --alias ${mute.context}` : '';
  throw new UsageError(
    `The context ${mute.context} does not tell which EKS cluster it is: \`aws eks update-kubeconfig${alias}\` makes one that does.`,
  );
}

/** The contexts whose cluster was not among those that were read, as lines to tell. */
export function unusedContexts(contexts: readonly KubeContext[], { regions }: Inventory): readonly string[] {
  const clusters = regions.flatMap((region) => seen(region.clusters));
  return contexts
    .filter(({ cluster, region }) => !clusters.some((one) => one.name === cluster && (region === null || one.region === region)))
    .map(
      ({ context, cluster, region }) =>
        `The context ${context} leads to the cluster ${cluster ?? ''}${region === null ? '' : ` in ${region}`}, which is not among those that were read.`,
    );
}
