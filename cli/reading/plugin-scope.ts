import { kubeContextNamed, contextsOfClusters } from './kube-contexts.js';
import { UsageError, type Io } from '../terminal/io.js';
import type { AccountReading } from './collect-options.js';

/** What of an account is meant. */
export interface PluginScope extends AccountReading {
  readonly inventory?: string;
  readonly cluster?: readonly string[];
  readonly namespace?: readonly string[];
  /** Over what the context says. */
  readonly allNamespaces?: true;
}

/**
 * As a plugin of kubectl the cluster and the namespace of its context are meant, unless others are named: its region alone is
 * read, and only that cluster from inside.
 * @throws UsageError where the context does not tell which cluster of EKS it is
 */
export async function inCurrentContext<S extends PluginScope>(scope: S, io: Io): Promise<S> {
  if (scope.allNamespaces === true && scope.namespace !== undefined)
    throw new UsageError('-A means all namespaces, and -n some of them: leave one of them out.');
  const isNamed = [scope.context, scope.cluster, scope.inventory].some((one) => one !== undefined);
  if (!io.plugin || isNamed) return scope;
  const current = await kubeContextNamed(null, scope.kubeconfig);
  const [meant = current] = await contextsOfClusters([current.context], scope.kubeconfig);
  const { context, cluster, region, namespace } = meant;
  const named = region === null ? `${cluster}` : `${region}/${cluster}`;
  io.stderr(`Scope: cluster ${named}, of the context ${context}.`);
  return {
    ...scope,
    context: [context],
    thatContextOnly: true,
    ...(region === null || scope.region !== undefined ? {} : { region: [region] }),
    cluster: [named],
    ...(scope.allNamespaces === true || scope.namespace !== undefined ? {} : { namespace: [namespace ?? 'default'] }),
  };
}
