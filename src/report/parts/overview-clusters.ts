import { addTo } from '../../lib/group-by.js';
import { SEVERITIES, type Severity } from '../../model/report/finding.js';
import { column, columnsOf, firstFitting } from '../layout/fit-line.js';
import type { Names } from '../layout/names.js';
import type { Paint } from '../layout/paint.js';
import { countsOf, type ToldProblem } from './problems.js';

const WORST_FIRST = [...SEVERITIES].reverse();

/** Problems by cluster, the worst first; those of no cluster last. */
export function byCluster(problems: readonly ToldProblem[], names: Names): readonly (readonly [string, readonly ToldProblem[]])[] {
  const groups = new Map<string, ToldProblem[]>();
  for (const problem of problems) {
    const places = problem.primary.clusters.length === 0 ? [''] : problem.primary.clusters;
    for (const place of places) addTo(groups, place, problem);
  }
  const weight = (list: readonly ToldProblem[]): number[] => WORST_FIRST.map((severity) => countsOf(list)[severity]);
  return [...groups]
    .map(([place, list]) => ({ place, list, weight: weight(list) }))
    .sort((left, right) => {
      if ((left.place === '') !== (right.place === '')) return left.place === '' ? 1 : -1;
      const at = left.weight.findIndex((count, index) => count !== right.weight[index]);
      return at === -1 ? (left.place < right.place ? -1 : 1) : (right.weight[at] ?? 0) - (left.weight[at] ?? 0);
    })
    .map(({ place, list }) => [place === '' ? 'no cluster' : names.cluster(place), list] as const);
}

type ByCluster = ReturnType<typeof byCluster>;

/** `shop-prod 1C 9H 1M, edge 1H`: every cluster that there is room for, and how many more there are. */
export function clusterLine(clusters: ByCluster, columns: number): string {
  const words = clusters.map(([name, list]) => {
    const counts = countsOf(list);
    const short = WORST_FIRST.flatMap((severity) =>
      counts[severity] > 0 ? [`${counts[severity]}${severity[0]?.toUpperCase() ?? ''}`] : [],
    );
    return `${name} ${short.join(' ')}`;
  });
  const ways = words.map((_, index) => {
    const shown = words.length - index;
    return `${words.slice(0, shown).join(', ')}${index === 0 ? '' : ` and ${index} more`}`;
  });
  return firstFitting(ways, columns);
}

/** The same as a table, with a column for each severity that there is. */
export function clusterTable(clusters: ByCluster, problems: readonly ToldProblem[], columns: number, paint: Paint): string[] {
  const all = countsOf(problems);
  const severities = WORST_FIRST.filter((severity) => all[severity] > 0);
  const cells = severities.reduce((sum, severity) => sum + severity.length + 2, 0);
  const width = Math.min(Math.max(...clusters.map(([name]) => columnsOf(name))), Math.max(10, columns - cells));
  const head = `${' '.repeat(width)}${severities.map((severity) => `  ${severity}`).join('')}`;
  return [
    paint.dim(head),
    ...clusters.map(([name, list]) => {
      const counts = countsOf(list);
      const numbers = severities.map((severity: Severity) => {
        const text = String(counts[severity] === 0 ? '-' : counts[severity]).padStart(severity.length);
        return `  ${counts[severity] === 0 ? paint.dim(text) : text}`;
      });
      return `${column(name, width)}${numbers.join('')}`;
    }),
  ];
}
