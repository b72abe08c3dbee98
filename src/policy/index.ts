/** The evaluator alone, for browsers and everywhere else: `irsa-auditor/policy`. It knows neither Node nor AWS. */
export { evaluateTrust, evaluateParsed } from './language/evaluate.js';
export type { TrustVerdict, StatementOutcome, ConditionOutcome, WebIdentityRequest } from './language/evaluate.js';
export { parseTrustPolicy } from './language/parse.js';
export type { ConditionEntry, Located, PolicyProblem, PrincipalEntry, Statement, TrustPolicy } from './language/parse.js';
export type { Json } from '../model/inventory/inventory.js';
export { InputError } from '../lib/input-error.js';
export type { InputProblem } from '../lib/input-error.js';
