/** The library: audit a saved inventory, or evaluate one trust policy. Nothing here does I/O. */
export { auditInventory as audit } from './pipeline.js';
export type { AuditOptions } from './pipeline.js';
export { evaluateTrust } from './policy/evaluate.js';
export type { TrustVerdict, StatementOutcome, ConditionOutcome, WebIdentityRequest } from './policy/evaluate.js';
export { whoCanTakeRole, whoCanTakeRoles, UnknownRoleError } from './pipeline.js';
export type * from './model/admission.js';
export { parseTrustPolicy } from './policy/parse.js';
export { subjectSet, membership, someMember } from './policy/subject-set.js';
export type { Door, SubjectSet } from './policy/subject-set.js';
export { admissionOf, contradictions } from './policy/subject-questions.js';
export { indexSubjects } from './policy/subject-index.js';
export { parseInventory, InventoryError } from './inventory-file.js';
export type * from './model/finding.js';
export type * from './model/inventory.js';
export type * from './model/observed.js';
export type * from './model/report.js';
