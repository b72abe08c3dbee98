import type { Rule } from '../../src/rules/contract/define-rule.js';
import { audienceConditionMissing } from '../../src/rules/trust/audience-condition-missing/rule.js';
import { audienceMismatch } from '../../src/rules/trust/audience-mismatch/rule.js';
import { conditionKeyUnsupported } from '../../src/rules/trust/condition-key-unsupported/rule.js';
import { conditionNeverTrue } from '../../src/rules/trust/condition-never-true/rule.js';
import { conditionsContradictory } from '../../src/rules/trust/conditions-contradictory/rule.js';
import { denyOverAllow } from '../../src/rules/trust/deny-over-allow/rule.js';
import { keyClaimUnknown } from '../../src/rules/trust/key-claim-unknown/rule.js';
import { keyIssuerMismatch } from '../../src/rules/trust/key-issuer-mismatch/rule.js';
import { keyMalformed } from '../../src/rules/trust/key-malformed/rule.js';
import { operatorInapplicable } from '../../src/rules/trust/operator-inapplicable/rule.js';
import { operatorNegated } from '../../src/rules/trust/operator-negated/rule.js';
import { operatorVacuous } from '../../src/rules/trust/operator-vacuous/rule.js';
import { placeholderLeft } from '../../src/rules/trust/placeholder-left/rule.js';
import { subjectClusterWide } from '../../src/rules/trust/subject-cluster-wide/rule.js';
import { subjectConditionMissing } from '../../src/rules/trust/subject-condition-missing/rule.js';
import { subjectMalformed } from '../../src/rules/trust/subject-malformed/rule.js';
import { subjectMismatch } from '../../src/rules/trust/subject-mismatch/rule.js';
import { subjectMissingOnSharedIssuer } from '../../src/rules/trust/subject-missing-on-shared-issuer/rule.js';
import { subjectNamespaceOpen } from '../../src/rules/trust/subject-namespace-open/rule.js';
import { subjectNamespaceWide } from '../../src/rules/trust/subject-namespace-wide/rule.js';
import { subjectOpenOnSharedIssuer } from '../../src/rules/trust/subject-open-on-shared-issuer/rule.js';
import { subjectWildcardInEquals } from '../../src/rules/trust/subject-wildcard-in-equals/rule.js';

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
