import { InputError, type InputProblem } from '../../lib/input-error.js';
import { isObject } from '../../lib/is-object.js';

const DEMANDED = ['providerArn', 'issuer', 'audience', 'subject'];
const HINT =
  'evaluateTrust takes a trust policy and { providerArn, issuer, audience, subject } of the call, such as subject: "system:serviceaccount:shop:checkout".';

const isText = (value: unknown): boolean => typeof value === 'string';
const areTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);

/** What may be left out, each with what it has to be. */
const OPTIONAL: readonly (readonly [name: string, form: string, fits: (value: unknown) => boolean])[] = [
  [
    'claims',
    'an object of strings and lists of strings',
    (value) => isObject(value) && Object.values(value).every((one) => isText(one) || areTexts(one)),
  ],
  ['at', 'a time such as 2026-11-01T06:00:00Z', (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value))],
  ['clientIds', 'a list of strings', areTexts],
];

/** Demands a policy and a call that can be evaluated. Without zod: in browsers this is a part of the little there is. @throws InputError */
export function demandRequest(policyDocument: unknown, request: unknown): void {
  if (policyDocument === undefined)
    throw new InputError('The trust policy is missing: undefined was given', HINT, [{ path: 'policyDocument', problem: 'is missing' }]);
  const given = isObject(request) ? request : {};
  const problems: InputProblem[] = [];
  for (const path of DEMANDED)
    if (given[path] === undefined) problems.push({ path, problem: 'is missing' });
    else if (!isText(given[path])) problems.push({ path, problem: 'is no string' });
  for (const [path, form, fits] of OPTIONAL)
    if (given[path] !== undefined && !fits(given[path])) problems.push({ path, problem: `is not ${form}` });
  if (problems.length === 0) return;
  throw new InputError(
    `The request cannot be evaluated: ${problems.map(({ path, problem }) => `${path} ${problem}`).join(', ')}`,
    HINT,
    problems,
  );
}
