import { describe, expect, it } from '@jest/globals';
import { confusionsIn } from '../../src/facts/permissions/confused-permissions.js';
import type { Permission } from '../../src/policy/actions/permissions.js';
import { Steps, StepsEnded } from '../../src/policy/pattern/steps.js';

const allow = (actions: readonly string[], resources: readonly string[]): Permission => ({
  actions,
  negatedAction: false,
  resources,
  negatedResource: false,
});
const many = (count: number, text: (index: number) => string): string[] => Array.from({ length: count }, (_, index) => text(index));

describe('very many permissions', () => {
  it('are decided within the steps where what they fix tells them apart', () => {
    const steps = new Steps(20_000);
    const resources = [...many(2_000, (at) => `arn:aws:s3:::logs-${at}`), ...many(2_000, (at) => `arn:aws:s3:::other*${at}/*`)];
    expect(confusionsIn([allow(['s3:GetObject'], resources)], steps)).toHaveLength(2_000);
    expect(steps.ended).toBe(false);
  });

  it('are decided within the steps where all are objects, which are no buckets whatever their names', () => {
    const steps = new Steps(20_000);
    const objects = many(4_000, (at) => `arn:aws:s3:::*${at}*/x`);
    expect(confusionsIn([allow(['s3:ListBucket'], objects)], steps)).toHaveLength(4_000);
    expect(steps.ended).toBe(false);
  });

  it.each([
    ['patterns that fix nothing', '*'],
    ['variables that stand for anything', '${aws:x}'],
    ['question marks', '?????*'],
  ])('are left undecided where each may match each: %s', (_, open) => {
    const resources = [...many(2_000, (at) => `arn:aws:s3:::${open}${at}*z`), ...many(2_000, (at) => `arn:aws:s3:::${open}${at}*/x`)];
    expect(() => confusionsIn([allow(['s3:ListBucket'], resources)])).toThrow(StepsEnded);
  });

  it('asks once whether the action that is meant is allowed, however often its mistaken name stands there', () => {
    let asked = 0;
    const counted: Permission = {
      ...allow([], ['*']),
      get actions() {
        asked += 1;
        return ['s3:Nothing'];
      },
    };
    const found = confusionsIn([
      allow(
        many(500, () => 's3:HeadObject'),
        ['arn:aws:s3:::logs/*'],
      ),
      counted,
    ]);
    expect(found).toHaveLength(500);
    expect(asked).toBeLessThan(10);
  });
});
