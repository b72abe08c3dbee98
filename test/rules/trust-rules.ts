import type { Rule } from '../../src/rules/contract/define-rule.js';
import { audienceConditionMissing } from '../../src/rules/trust/audience-condition-missing.js';
import { audienceMismatch } from '../../src/rules/trust/audience-mismatch.js';
import { conditionKeyUnsupported } from '../../src/rules/trust/condition-key-unsupported.js';
import { conditionNeverTrue } from '../../src/rules/trust/condition-never-true.js';
import { conditionsContradictory } from '../../src/rules/trust/conditions-contradictory.js';
import { denyOverAllow } from '../../src/rules/trust/deny-over-allow.js';
import { keyClaimUnknown } from '../../src/rules/trust/key-claim-unknown.js';
import { keyIssuerMismatch } from '../../src/rules/trust/key-issuer-mismatch.js';
import { keyMalformed } from '../../src/rules/trust/key-malformed.js';
import { operatorInapplicable } from '../../src/rules/trust/operator-inapplicable.js';
import { operatorNegated } from '../../src/rules/trust/operator-negated.js';
import { operatorVacuous } from '../../src/rules/trust/operator-vacuous.js';
import { placeholderLeft } from '../../src/rules/trust/placeholder-left.js';
import { subjectClusterWide } from '../../src/rules/trust/subject-cluster-wide.js';
import { subjectConditionMissing } from '../../src/rules/trust/subject-condition-missing.js';
import { subjectMalformed } from '../../src/rules/trust/subject-malformed.js';
import { subjectMismatch } from '../../src/rules/trust/subject-mismatch.js';
import { subjectMissingOnSharedIssuer } from '../../src/rules/trust/subject-missing-on-shared-issuer.js';
import { subjectNamespaceOpen } from '../../src/rules/trust/subject-namespace-open.js';
import { subjectNamespaceWide } from '../../src/rules/trust/subject-namespace-wide.js';
import { subjectOpenOnSharedIssuer } from '../../src/rules/trust/subject-open-on-shared-issuer.js';
import { subjectWildcardInEquals } from '../../src/rules/trust/subject-wildcard-in-equals.js';

/** The rules about conditions of trust policies. */
export const TRUST_RULES: readonly Rule[] = [
  audienceConditionMissing,
  audienceMismatch,
  conditionKeyUnsupported,
  conditionNeverTrue,
  conditionsContradictory,
  denyOverAllow,
  keyClaimUnknown,
  keyIssuerMismatch,
  keyMalformed,
  operatorInapplicable,
  operatorNegated,
  operatorVacuous,
  placeholderLeft,
  subjectClusterWide,
  subjectConditionMissing,
  subjectMalformed,
  subjectMismatch,
  subjectMissingOnSharedIssuer,
  subjectNamespaceOpen,
  subjectNamespaceWide,
  subjectOpenOnSharedIssuer,
  subjectWildcardInEquals,
];
