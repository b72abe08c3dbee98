/** The library: what the command line does, as functions. `collect` alone does I/O. docs/library.md has each with an example. */
export { collect } from './library/collect-account.js';
export type { AwsKeys, CallsUnderWay, CollectionOptions } from './library/collect-account.js';
export { NoIdentityError, type NoIdentityProblem } from './collect/reading/no-identity-error.js';
export { UnknownProfileError } from './collect/unknown-profile-error.js';
export { UnknownRegionError } from './collect/unknown-region-error.js';

export { audit, diff, explainError, whoCanTakeRole, whoCanTakeRoles } from './library/judge.js';
export type { AuditOptions, BesideOption } from './pipeline/pipeline.js';
export { listRules, UnknownRoleError, type RuleSummary } from './pipeline/pipeline.js';
export type { AskedOf } from './pipeline/explain-error.js';
export { InputError } from './lib/input-error.js';
export type { InputProblem } from './lib/input-error.js';

export { FORMATS, render, renderAdmissions, renderDiff, renderExplanation } from './library/render.js';
export type { AnswerFormat, Format, RenderOptions } from './library/render.js';

export { parseInventory, printInventory, InventoryError } from './saved/inventory-file.js';
export { parseReport, ReportFileError } from './library/saved-report.js';

export { evaluateTrust, evaluateParsed } from './policy/language/evaluate.js';
export type { TrustVerdict, StatementOutcome, ConditionOutcome, WebIdentityRequest } from './policy/language/evaluate.js';
export { parseTrustPolicy } from './policy/language/parse.js';
export { subjectSet, membership, someMember } from './policy/subjects/subject-set.js';
export type { Door, SubjectSet } from './policy/subjects/subject-set.js';
export { admissionOf, contradictions } from './policy/subjects/subject-questions.js';
export { indexSubjects } from './policy/subjects/subject-index.js';

export type * from './model/report/admission.js';
export type * from './model/report/explanation.js';
export type * from './model/report/finding.js';
export type * from './model/report/report-diff.js';
export type * from './model/inventory/inventory.js';
export type * from './model/inventory/observed.js';
export type * from './model/inventory/workload.js';
export type * from './model/report/report.js';
