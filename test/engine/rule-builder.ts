import type { Subject } from '../../src/model/report/finding.js';
import { defineRule, type Raised, type Rule } from '../../src/rules/contract/define-rule.js';

/** A finding with healthy defaults. */
export function raised(over: Partial<Raised> = {}): Raised {
  return { message: 'It is wrong.', evidence: [], fix: null, ...over };
}

/** A rule that raises what it is told about one role, with harmless defaults. */
export function ruleThat(over: Partial<Rule<Subject>> & { readonly raises?: readonly Raised[]; readonly about?: Subject } = {}): Rule {
  const { raises = [raised()], about = roleNamed('app'), ...rest } = over;
  return defineRule({
    id: 'test-rule',
    cause: 'test-cause',
    since: '0.1.0',
    kind: 'break',
    severity: 'high',
    confidence: 'certain',
    scope: 'account',
    link: 'subject',
    needs: [],
    uses: [],
    title: 'A rule of a test',
    why: 'Because a test says so.',
    error: null,
    references: [],
    subjects: () => [{ subject: about, of: about }],
    evaluate: () => raises,
    ...rest,
  });
}

export function roleNamed(name: string): Subject {
  const arn = `arn:aws:iam::210987654321:role/${name}`;
  return { type: 'role', id: arn, arn, region: null };
}
