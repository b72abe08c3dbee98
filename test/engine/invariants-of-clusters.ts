import { admissionsOf } from '../../src/engine/admissions.js';
import type { Finding } from '../../src/model/report/finding.js';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import { issuerIdOfCluster, type IssuerId } from '../../src/model/inventory/issuer-id.js';
import { seen } from '../../src/model/inventory/observed.js';
import { DEFAULT_SETTINGS } from '../../src/model/report/settings.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { selectFindings } from '../../src/selection/select-findings.js';

/** What holds of settings and selections that name clusters: each finds what contradicts it. */

/** The clusters of an account that have an issuer. */
const clustersOf = ({ regions }: Inventory): readonly { readonly place: string; readonly url: IssuerId }[] =>
  regions.flatMap((region) =>
    seen(region.clusters).flatMap((cluster) => {
      const url = issuerIdOfCluster(cluster);
      return url === null ? [] : [{ place: `${cluster.region}/${cluster.name}`, url }];
    }),
  );

/** Findings with all clusters but some left out. */
const tellingOf = (inventory: Inventory, exclude: readonly string[]): readonly Finding[] =>
  auditInventory(inventory, { settings: { ...DEFAULT_SETTINGS, clusters: { include: [], exclude } } }).findings.filter(
    ({ suppressed }) => suppressed === null,
  );

const breaksOf = (role: string, findings: readonly Finding[]): readonly Finding[] =>
  findings.filter(({ kind, subject, related }) => kind === 'break' && (subject.id === role || related.some(({ id }) => id === role)));

/** The pieces of a policy that findings tell. */
const piecesOf = (findings: readonly Finding[]): ReadonlySet<string | null> =>
  new Set(findings.flatMap(({ evidence }) => evidence.map(({ path }) => path)));

/**
 * Issuers of a role that nobody can assume, by `who` for the very piece of which the audit tells a break; and every such break is
 * hidden with the clusters of the other issuers, or is not shown for its own cluster.
 */
export function hiddenByOthers(inventory: Inventory): readonly string[] {
  const clusters = clustersOf(inventory);
  const report = auditInventory(inventory);
  return admissionsOf(inventory).roles.flatMap(({ role, entrances }) => {
    // A statement that somebody can use is for them: of others whose claims it does not ask for nothing is told.
    if (entrances.some(({ who }) => who.kind !== 'nobody')) return [];
    const pieces = piecesOf(breaksOf(role, report.findings));
    return entrances.flatMap(({ issuer, who }) => {
      if (who.kind !== 'nobody' || !who.because.some((path) => pieces.has(path))) return [];
      const own = clusters.find(({ url }) => url === issuer);
      const others = clusters.flatMap(({ place }) => (place === own?.place ? [] : [place]));
      if (breaksOf(role, tellingOf(inventory, others)).length === 0) return [`${role} ${issuer}: hidden with ${others.join()}`];
      const shown = own === undefined ? null : selectFindings(report, { clusters: [own.place] });
      return shown !== null && breaksOf(role, shown.findings).length === 0 ? [`${role} ${issuer}: not shown for its cluster`] : [];
    });
  });
}
