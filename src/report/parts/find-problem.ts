import { nearest } from '../../lib/nearest.js';
import type { Finding, Related, Subject } from '../../model/report/finding.js';
import type { Report } from '../../model/report/report.js';
import { problemsOf, type ToldProblem } from './problems.js';

/** A problem with its number among those of its report. */
export interface NumberedProblem {
  readonly number: number;
  readonly problem: ToldProblem;
}

/** Nothing in a report is called so; the message says what comes nearest. */
export class NoSuchProblemError extends Error {
  override readonly name = 'NoSuchProblemError';
}

const TYPES: Readonly<Record<string, readonly Subject['type'][]>> = {
  role: ['role'],
  sa: ['service-account', 'association'],
  serviceaccount: ['service-account', 'association'],
  pod: ['pod'],
  deployment: ['pod'],
  provider: ['provider'],
  cluster: ['cluster'],
};

type Thing = Pick<Related, 'type' | 'id'>;

const thingsOf = ({ primary, coDefects }: ToldProblem): readonly Thing[] =>
  [primary, ...coDefects].flatMap(({ subject, related }): readonly Thing[] => [subject, ...related]);

/** Whether a thing is called so: by its ARN, by its whole name, or by the end of it. */
const isCalled = ({ id }: Thing, name: string): boolean => id === name || id.endsWith(`/${name}`);

/** A pod is another after each restart: it is found by the name of what owns it. */
function ownersOf(name: string): readonly string[] {
  const parts = name.split('-');
  return [name, parts.slice(0, -1).join('-'), parts.slice(0, -2).join('-')].filter((one) => one !== '');
}

function byName(asked: string, all: readonly NumberedProblem[]): readonly NumberedProblem[] {
  const [, word = '', rest = ''] = /^([a-z]+)\/(.+)$/.exec(asked) ?? [];
  const types = TYPES[word];
  const name = types === undefined ? asked : rest;
  const names = types?.includes('pod') === true ? ownersOf(name) : [name];
  const fits = (thing: Thing): boolean => (types === undefined || types.includes(thing.type)) && names.some((one) => isCalled(thing, one));
  const found = all.filter(({ problem }) => thingsOf(problem).some(fits));
  const own = found.filter(({ problem }) => fits(problem.primary.subject));
  // Who is only affected is asked about where nothing is wrong with itself.
  return own.length > 0 ? own : found;
}

const FINGERPRINT = /^[0-9a-f]{6,64}$/;

/**
 * The problems that are meant: by number, by (the beginning of) a fingerprint, or by what they are about.
 * @throws NoSuchProblemError where there is none
 */
export function problemsCalled(asked: string, report: Report): readonly NumberedProblem[] {
  const all = problemsOf(report).map((problem, index): NumberedProblem => ({ number: index + 1, problem }));
  if (/^#?\d{1,7}$/.test(asked)) {
    const found = all[Number(asked.replace('#', '')) - 1];
    if (found !== undefined) return [found];
  }
  const isOf = ({ fingerprint }: Finding): boolean => fingerprint.startsWith(asked);
  const byFingerprint = FINGERPRINT.test(asked)
    ? all.filter(({ problem: { primary, coDefects } }) => [primary, ...coDefects].some(isOf))
    : [];
  const found = byFingerprint.length > 0 ? byFingerprint : byName(asked, all);
  if (found.length > 0) return found;
  const names = all.flatMap(({ problem }) => thingsOf(problem).map(({ id }) => id.slice(id.lastIndexOf('/') + 1)));
  const near = nearest(asked.slice(asked.lastIndexOf('/') + 1), names, 3);
  const counted = all.length === 0 ? 'It has no problems' : `Its problems are 1 to ${all.length}`;
  throw new NoSuchProblemError(
    `Nothing in this report is called ${JSON.stringify(asked)}. ${counted}.${near === null ? '' : ` Did you mean ${near}?`}`,
  );
}
