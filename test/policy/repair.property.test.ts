import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Json } from '../../src/model/inventory/inventory.js';
import { parseTrustPolicy, type TrustPolicy } from '../../src/policy/language/parse.js';
import { repairTrustPolicy, type TrustEdit } from '../../src/policy/edit/repair.js';
import { hostile, runs, samples } from './arbitrary-policy.js';
import { ARN, SUB, SUBJECT } from './request.js';

/** Edits of the kinds that rules make of what stands there, at places that the document has. */
function editsFor({ statements }: TrustPolicy, choices: readonly number[]): TrustEdit[] {
  let at = 0;
  const pick = (below: number): number => {
    at += 1;
    return (choices[at] ?? 0) % below;
  };
  return statements.flatMap(({ index, conditions, principals }): TrustEdit[] => {
    const onConditions = conditions.flatMap(({ path }): TrustEdit[] => {
      const edits: TrustEdit[][] = [
        [],
        [{ kind: 'condition', path, values: [SUBJECT] }],
        [{ kind: 'condition', path, key: SUB }],
        [{ kind: 'condition', path, operator: 'StringEquals', values: ['a', 'b'] }],
        [{ kind: 'remove-condition', path }],
      ];
      return edits[pick(edits.length)] ?? [];
    });
    const onPrincipals = principals.flatMap(({ path }): TrustEdit[] => (pick(3) === 0 ? [{ kind: 'principal', path, value: ARN }] : []));
    const onActions: TrustEdit[] = pick(4) === 0 ? [{ kind: 'actions', statement: index, actions: ['sts:AssumeRoleWithWebIdentity'] }] : [];
    return [...onConditions, ...onPrincipals, ...onActions];
  });
}

const withEdits = fc
  .tuple(samples, fc.array(fc.nat(59), { minLength: 60, maxLength: 60 }))
  .map(([{ document }, choices]) => ({ document, edits: editsFor(parseTrustPolicy(document), choices) }));

describe('a repair', () => {
  it('is the same when it is made again of the same document, and leaves that as it was', () => {
    fc.assert(
      fc.property(withEdits, ({ document, edits }) => {
        const before = JSON.stringify(document);
        const once = repairTrustPolicy(document, edits);
        expect(repairTrustPolicy(document, edits)).toEqual(once);
        expect(JSON.stringify(document)).toBe(before);
      }),
      runs(0.05),
    );
  });

  it('changes nothing without an edit, also where nothing makes sense', () => {
    fc.assert(
      fc.property(hostile, (document) => expect(JSON.stringify(repairTrustPolicy(document, []))).toBe(JSON.stringify(document))),
      runs(0.02),
    );
  });

  it('of places that a document has not changes nothing, and throws for none', () => {
    const nowhere: TrustEdit[] = [
      { kind: 'condition', path: '$.Statement[99].Condition.Nothing.there', values: ['x'] },
      { kind: 'remove-condition', path: "$.Statement[99].Condition['a']['b']" },
      { kind: 'principal', path: '$.Statement[99].Principal.Federated', value: ARN },
      { kind: 'actions', statement: 99, actions: ['sts:AssumeRole'] },
    ];
    fc.assert(
      fc.property(hostile, (document) => expect(JSON.stringify(repairTrustPolicy(document, nowhere))).toBe(JSON.stringify(document))),
      runs(0.02),
    );
  });

  it('leaves every statement that no edit names as it was, at its place', () => {
    fc.assert(
      fc.property(withEdits, ({ document, edits }) => {
        const after = repairTrustPolicy(document, edits);
        const statements = (of: Json): readonly Json[] => {
          const found = (of as { Statement?: Json }).Statement;
          return Array.isArray(found) ? (found as readonly Json[]) : found === undefined ? [] : [found];
        };
        const named = new Set(
          edits.flatMap((edit) =>
            'path' in edit
              ? Number(/Statement\[(\d+)\]/.exec(edit.path)?.[1] ?? 0)
              : 'statement' in edit && typeof edit.statement === 'number'
                ? edit.statement
                : [],
          ),
        );
        statements(document).forEach((one, index) => {
          if (!named.has(index)) expect(statements(after)[index]).toEqual(one);
        });
      }),
      runs(0.05),
    );
  });
});

describe('parsing', () => {
  it('reads what was printed as it read what was parsed', () => {
    fc.assert(
      fc.property(hostile, (document) => {
        const printed = JSON.parse(JSON.stringify(document)) as Json;
        expect(parseTrustPolicy(printed)).toEqual(parseTrustPolicy(document));
      }),
      runs(0.05),
    );
  });

  it('finds each value at the path that it gives', () => {
    const valueAt = (document: Json, path: string): unknown =>
      [...path.matchAll(/\.([A-Za-z_]\w*)|\['((?:[^'\\]|\\.)*)'\]|\[(\d+)\]/g)].reduce<unknown>(
        (node, [, name, quoted, index]) => (node as Record<string, unknown>)[name ?? quoted?.replace(/\\(.)/g, '$1') ?? index ?? ''],
        document,
      );
    fc.assert(
      fc.property(samples, ({ document }) => {
        for (const { actions, principals, conditions } of parseTrustPolicy(document).statements) {
          for (const { value, path } of [...actions, ...principals, ...conditions.flatMap(({ values }) => values)]) {
            expect(String(valueAt(document, path))).toBe(value);
          }
        }
      }),
      runs(0.05),
    );
  });
});
