import type { Workload } from '../../model/inventory/workload.js';
import { seen } from '../../model/inventory/observed.js';
import type { IssuingHas } from '../account/facts.js';
import { groupBy } from '../../lib/group-by.js';
import { NearNames } from '../../lib/near-names.js';
import { workloadsByServiceAccount } from './pods-of.js';
import { roleBearers, type RoleBearer } from '../service-account/pods-with-role.js';
import { hasIdentity } from './running-pods.js';
import { serviceAccountKey } from '../account/service-account-key.js';

const DEFAULT = 'default';

/** What charts add to the name of an app. */
const SUFFIX = /-(sa|serviceaccount|service-account)$/;

/** Whether a service account is called as the app of the pods is. */
function bearsTheAppsName(name: string, { app, owner }: Workload): boolean {
  const named = [name, name.replace(SUFFIX, '')];
  return [app, owner.name].some((one) => one !== null && named.includes(one));
}

const withoutDigits = (name: string): string => name.replace(/\d/g, '');

/** A letter off; numbered names are meant to differ. */
const isNear = (left: string, right: string): boolean =>
  withoutDigits(left) !== withoutDigits(right) && new NearNames([left], (name) => name).near(right).length > 0;

/** As charts make names: that of the release and that of the chart, with one of them left out. */
const isPart = (part: string, whole: string): boolean => whole.startsWith(`${part}-`) || whole.endsWith(`-${part}`);

/** What owns pods that start others under a name made of their own: nothing but themselves (Spark), or a runner of GitHub Actions. */
const STARTING: ReadonlySet<string> = new Set(['Pod', 'EphemeralRunner']);

/** Pods that may have started others, by namespace and name. */
const startersAmong = (workloads: readonly Workload[]): ReadonlyMap<string, readonly Workload[]> =>
  groupBy(
    workloads.filter(({ owner, serviceAccount }) => STARTING.has(owner.kind) && serviceAccount !== DEFAULT),
    ({ namespace, owner }) => serviceAccountKey(namespace, owner.name),
  );

/**
 * How what starts pods calls them after itself: Spark the executors of a driver, and in the kubernetes mode of the Actions Runner
 * Controller a runner the pod of its job (actions/runner-container-hooks, `getJobPodName`). Each runs as `default` unless it is told.
 */
const NAMED_AFTER: readonly (readonly [RegExp, string])[] = [
  [/-exec-\d+$/, '-driver'],
  [/-workflow$/, ''],
];

/** The pods that started others: they own them, or these are called after them. */
function startersOf({ namespace, owner }: Workload, starters: ReturnType<typeof startersAmong>): readonly Workload[] {
  if (!STARTING.has(owner.kind)) return [];
  const names = new Set([owner.name, ...NAMED_AFTER.map(([end, instead]) => owner.name.replace(end, instead))]);
  return [...names].flatMap((name) => starters.get(serviceAccountKey(namespace, name)) ?? []);
}

const withoutAws = ({ containers, skipsWebhook }: Workload): boolean =>
  !skipsWebhook && !containers.some((container) => hasIdentity(container) || container.variables.includes('AWS_ACCESS_KEY_ID'));

function isMeantBy(workload: Workload, bearer: RoleBearer): boolean {
  const isDefault = workload.serviceAccount === DEFAULT;
  const named = bearsTheAppsName(bearer.name, workload);
  if (isDefault) return named;
  const near = isNear(workload.serviceAccount, bearer.name);
  if (bearer.isThere) return named && near;
  return near || isPart(bearer.name, workload.serviceAccount) || isPart(workload.serviceAccount, bearer.name);
}

/** Pods that have no AWS identity, and the service account with a role that they were plainly meant to run as. */
export interface Misplaced {
  readonly workload: Workload;
  readonly meant: RoleBearer;
  /** The pod that started them, which runs as it. */
  readonly starter: Workload | null;
}

/** Beginnings and ends of a name, cut at its hyphens. */
function partsOf(name: string): readonly string[] {
  const cuts = [...name.matchAll(/-/g)].map(({ index }) => index);
  return cuts.flatMap((at) => [name.slice(0, at), name.slice(at + 1)]);
}

/** The service accounts with a role in one namespace, by all that pods may know them by: namespaces have thousands of both. */
class Bearers {
  private readonly byWord: ReadonlyMap<string, readonly { readonly bearer: RoleBearer }[]>;
  private readonly byLetters: NearNames<RoleBearer>;
  private readonly byName: ReadonlyMap<string, RoleBearer>;

  constructor(bearers: readonly RoleBearer[]) {
    const words = bearers.flatMap((bearer) => {
      const { name, isThere } = bearer;
      return [...new Set([name, name.replace(SUFFIX, ''), ...(isThere ? [] : partsOf(name))])].map((word) => ({ bearer, word }));
    });
    this.byWord = groupBy(words, ({ word }) => word);
    this.byLetters = new NearNames(
      bearers.filter(({ isThere }) => !isThere),
      ({ name }) => name,
    );
    this.byName = new Map(bearers.map((bearer) => [bearer.name, bearer]));
  }

  named(name: string): RoleBearer | null {
    return this.byName.get(name) ?? null;
  }

  /** Those that pods were plainly meant to run as. */
  meantBy(workload: Workload): readonly RoleBearer[] {
    const { serviceAccount, app, owner } = workload;
    const words = [app ?? '', owner.name, serviceAccount, ...partsOf(serviceAccount)];
    const likely = [
      ...words.flatMap((word) => (this.byWord.get(word) ?? []).map(({ bearer }) => bearer)),
      ...this.byLetters.near(serviceAccount),
    ];
    return [...new Set(likely)].filter((bearer) => isMeantBy(workload, bearer));
  }
}

/**
 * The pods of a cluster that run as another service account than the one that was made for them. Where more than one may be
 * meant, or pods of several service accounts may mean it, nothing is said.
 */
export function misplacedIn(cluster: IssuingHas<'workloads' | 'service-accounts' | 'pod-identity-associations'>): readonly Misplaced[] {
  const inNamespace = new Map([...roleBearers(cluster)].map(([namespace, bearers]) => [namespace, new Bearers(bearers)]));
  const running = workloadsByServiceAccount(cluster.cluster);
  const workloads = seen(cluster.cluster.workloads);
  const isWhole = cluster.cluster.workloads.known;
  const starters = startersAmong(workloads);
  const found = workloads.flatMap((workload): Misplaced[] => {
    const { namespace, serviceAccount } = workload;
    const bearers = inNamespace.get(namespace);
    if (bearers === undefined || !withoutAws(workload) || bearers.named(serviceAccount) !== null) return [];
    // That one has no pods of its own, a list that is not whole does not tell.
    const idle = (isWhole ? bearers.meantBy(workload) : [])
      .filter(({ name }) => !running.has(serviceAccountKey(namespace, name)))
      .map((meant) => ({ workload, meant, starter: null }));
    const led = new Map<RoleBearer, Misplaced>();
    for (const starter of serviceAccount === DEFAULT ? startersOf(workload, starters) : []) {
      const meant = bearers.named(starter.serviceAccount);
      if (meant !== null && !led.has(meant)) led.set(meant, { workload, meant, starter });
    }
    const candidates = [...idle, ...led.values()];
    return candidates.length === 1 ? candidates : [];
  });
  const serviceAccounts = new Map<RoleBearer, Set<string>>();
  for (const { meant, workload } of found)
    serviceAccounts.set(meant, (serviceAccounts.get(meant) ?? new Set()).add(workload.serviceAccount));
  return found.filter(({ meant }) => serviceAccounts.get(meant)?.size === 1);
}
