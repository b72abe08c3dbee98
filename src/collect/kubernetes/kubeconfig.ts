import { KubeConfig } from '@kubernetes/client-node';
import { messageOf } from '../../lib/error-in-words.js';
import { connectAs } from './api-server.js';
import { unreadInside } from '../../model/contract/sections.js';
import { readFrom, type Place, type ReadInside } from './read-cluster.js';
import type { WritableApiServer } from './ports.js';

/** A kubeconfig that cannot be used, or a context that it does not have; the message says what to do. */
export class KubeconfigError extends Error {
  override readonly name = 'KubeconfigError';
}

/** What a context of a kubeconfig says of the cluster that it leads to. */
export interface KubeContext {
  readonly context: string;
  /** The EKS cluster and its region; null where nothing in the context tells. */
  readonly cluster: string | null;
  readonly region: string | null;
  readonly namespace: string | null;
  /** Goes where the context leads, as its user: neither EKS's endpoint nor a token of ours is needed. */
  readonly read: ReadInside;
  /** For `probe`. */
  readonly connect: () => WritableApiServer;
}

/** The value after an option, as `--name value` or `--name=value`. */
function optionIn(args: readonly string[], ...names: readonly string[]): string | null {
  for (const [index, arg] of args.entries()) {
    const [name = '', value] = arg.split(/=(.*)/s);
    if (names.includes(name)) return value ?? args[index + 1] ?? null;
  }
  return null;
}

type EksPlace = Pick<KubeContext, 'cluster' | 'region'>;

/**
 * Which EKS cluster a context means: `aws eks update-kubeconfig` names it by its ARN, eksctl as NAME.REGION.eksctl.io, and
 * both let a program get the token, whose arguments hold the name as well.
 */
function eksPlaceOf(config: KubeConfig): EksPlace {
  const cluster = config.getCurrentCluster();
  const name = cluster?.name ?? '';
  const [, arnRegion, arnName] = /^arn:aws[a-z-]*:eks:([a-z0-9-]+):\d{12}:cluster\/(.+)$/.exec(name) ?? [];
  if (arnRegion !== undefined && arnName !== undefined) return { cluster: arnName, region: arnRegion };
  const [, eksctlName, eksctlRegion] = /^(.+)\.([a-z0-9-]+)\.eksctl\.io$/.exec(name) ?? [];
  if (eksctlRegion !== undefined && eksctlName !== undefined) return { cluster: eksctlName, region: eksctlRegion };
  const exec = config.getCurrentUser()?.exec as { args?: readonly string[] } | undefined;
  const args = exec?.args ?? [];
  const [, hostRegion] = /\.([a-z0-9-]+)\.eks\.amazonaws\.com/.exec(cluster?.server ?? '') ?? [];
  return {
    cluster: optionIn(args, '--cluster-name', '--cluster-id', '-i'),
    region: optionIn(args, '--region', '-r') ?? hostRegion ?? null,
  };
}

/** Hosts that EKS gives to API servers: the first label is the cluster's own. */
const EKS_HOST = /^([0-9a-f]{32})\..*(\.eks\.amazonaws\.|\.api\.aws$|\.api\.amazonwebservices\.)/i;

const ownLabel = (url: string | null): string | null =>
  url === null || !URL.canParse(url) ? null : (EKS_HOST.exec(new URL(url).hostname)?.[1]?.toLowerCase() ?? null);

/**
 * Whether a context plainly leads to another cluster than the one of that name here, as where the credentials are of another
 * account than kubectl's. A tunnel or proxy tells nothing.
 */
function leadsElsewhere(server: string, { detail }: Place): boolean {
  const [there, here] = [ownLabel(server), detail.known ? ownLabel(detail.value.endpoint) : null];
  return there !== null && here !== null && there !== here;
}

/**
 * Reads each cluster by the context that leads to it, as the context's user, and the others in the way that is given. A
 * context that does not tell its region is taken for the cluster of its name in any.
 */
export function byContexts(contexts: readonly KubeContext[], otherwise: ReadInside): ReadInside {
  return (token, queue, place, only) => {
    const read = contexts.find((context) => leadsTo(context, place))?.read ?? otherwise;
    return read(token, queue, place, only);
  };
}

/** Whether a context is that of a cluster, by name and region. */
export const leadsTo = ({ cluster, region }: KubeContext, place: Pick<Place, 'name' | 'region'>): boolean =>
  cluster === place.name && (region === null || region === place.region);

/**
 * A context of the kubeconfig that kubectl takes: KUBECONFIG, else ~/.kube/config.
 * @param wanted its name; null = the current one
 * @param file another kubeconfig
 * @throws KubeconfigError
 */
export function kubeContext(wanted: string | null, file?: string): KubeContext {
  const config = new KubeConfig();
  try {
    if (file === undefined) config.loadFromDefault();
    else config.loadFromFile(file);
  } catch (error) {
    const words = messageOf(error);
    throw new KubeconfigError(`The kubeconfig could not be read: ${words.replace(/^Error: /, '')}`, { cause: error });
  }
  if (wanted !== null) config.setCurrentContext(wanted);
  const context = config.getContextObject(config.getCurrentContext());
  // The address that the client makes up where there is no kubeconfig at all.
  const none = config.getCurrentCluster()?.server === 'http://localhost:8080';
  if (context === null || config.getCurrentCluster() === null || none) {
    const names = none ? [] : config.getContexts().map(({ name }) => name);
    throw new KubeconfigError(
      `The kubeconfig has no context ${JSON.stringify(config.getCurrentContext())} that leads to a cluster. ${names.length === 0 ? 'It has none: `aws eks update-kubeconfig` makes one.' : `It has: ${names.join(', ')}.`}`,
    );
  }
  return {
    context: context.name,
    ...eksPlaceOf(config),
    namespace: context.namespace ?? null,
    connect: () => connectAs(config),
    read: (_token, queue, place, only) => {
      const { server = '' } = config.getCurrentCluster() ?? {};
      if (!leadsElsewhere(server, place)) return readFrom(connectAs(config), queue, place, { only });
      const here = place.detail.known ? place.detail.value.endpoint : null;
      const words = `The context ${context.name} leads to ${server}, and the cluster ${place.name} in ${place.region} of this account is at ${here ?? ''}: the credentials are of another account than kubectl's. AWS_PROFILE names others.`;
      return Promise.resolve(unreadInside('failed', words));
    },
  };
}
