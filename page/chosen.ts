import type { PageProblem } from '../src/report/page/page-data.js';
import type { View } from './lib/view.js';

const texts = new WeakMap<PageProblem, string>();

/** All that a problem is found by. */
function textOf(problem: PageProblem): string {
  const known = texts.get(problem);
  if (known !== undefined) return known;
  const { name, title, rule, fingerprint, severity, clusters, namespaces, findings } = problem;
  const said = findings.flatMap(({ message, error, also, affected, cause }) => [message, error ?? '', also ?? '', ...affected, ...cause]);
  const text = [name, title, rule, fingerprint, severity, ...clusters, ...namespaces, ...said].join('\n').toLowerCase();
  texts.set(problem, text);
  return text;
}

type Question = Pick<View, 'search' | 'severities' | 'kinds' | 'cluster' | 'namespace' | 'rule' | 'status'>;

/** Stands for problems of no cluster or namespace. */
export const NONE = '-';

const isIn = (list: readonly string[], asked: string): boolean =>
  asked === '' || (asked === NONE ? list.length === 0 : list.includes(asked));

/** Whether a problem is among those that are asked for. Each word of a search has to be there. */
export function isChosen(problem: PageProblem, asked: Question): boolean {
  const { severities, kinds, cluster, namespace, rule, status } = asked;
  const words = asked.search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return (
    (severities.length === 0 || severities.includes(problem.severity)) &&
    (kinds.length === 0 || (problem.kind !== null && kinds.includes(problem.kind))) &&
    isIn(problem.clusters, cluster) &&
    isIn(problem.namespaces, namespace) &&
    (rule === '' || problem.rule === rule) &&
    (status === '' || problem.status === status) &&
    words.every((word) => textOf(problem).includes(word))
  );
}
