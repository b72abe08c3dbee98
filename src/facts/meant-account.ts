import type { Workload } from '../model/workload.js';
import { whatArrived } from '../model/observed.js';
import type { IssuingCluster } from './facts.js';
import { NearNames } from './near-names.js';
import { workloadsByAccount } from './pods-of.js';
import { roleBearers, type RoleBearer } from './role-bearers.js';
import { hasIdentity } from './running-pods.js';
import { accountKey } from './service-accounts.js';

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

/** Pods of a Spark application: those that its driver owns, which Spark calls after it. */
function isExecutorOf({ owner }: Workload, driver: Workload): boolean {
  if (owner.kind !== 'Pod' || driver.owner.kind !== 'Pod') return false;
  return owner.name === driver.owner.name || owner.name.replace(/-exec-\d+$/, '-driver') === driver.owner.name;
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
  /** Of a Spark application whose driver runs as it. */
  readonly driver: Workload | null;
}

/**
 * The pods of a cluster that run as another service account than the one that was made for them. Where more than one may be
 * meant, or pods of several service accounts may mean it, nothing is said.
 */
export function misplacedIn(cluster: IssuingCluster): readonly Misplaced[] {
  const bearers = roleBearers(cluster);
  const running = workloadsByAccount(cluster.cluster);
  const { workloads } = cluster.cluster;
  const found = whatArrived(workloads).flatMap((workload): Misplaced[] => {
    const here = bearers.get(workload.namespace) ?? [];
    if (here.length === 0 || !withoutAws(workload) || here.some(({ name }) => name === workload.serviceAccount)) return [];
    const candidates = here.flatMap((meant): Misplaced[] => {
      const runsAsIt = running.get(accountKey(meant.namespace, meant.name)) ?? [];
      // That it has no pods of its own, a list that is not whole does not tell.
      if (runsAsIt.length === 0) return workloads.known && isMeantBy(workload, meant) ? [{ workload, meant, driver: null }] : [];
      const driver = workload.serviceAccount === DEFAULT ? runsAsIt.find((one) => isExecutorOf(workload, one)) : undefined;
      return driver === undefined ? [] : [{ workload, meant, driver }];
    });
    return candidates.length === 1 ? candidates : [];
  });
  return found.filter(({ workload, meant }) =>
    found.every((other) => other.meant !== meant || other.workload.serviceAccount === workload.serviceAccount),
  );
}
