import { describe, expect, it } from '@jest/globals';
import { auditInventory } from '../../src/pipeline.js';
import { runRules } from '../../src/engine/run-rules.js';
import { deriveFacts } from '../../src/facts/facts.js';
import type { Rule } from '../../src/rules/define-rule.js';
import { RULES } from '../../src/rules/index.js';
import { CASES } from '../cases/all-cases.js';

const PLACEHOLDER = /\{(\w+)\}/g;

const names = (template: string): readonly string[] => [...template.matchAll(PLACEHOLDER)].map(([, name = '']) => name);

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** A template as a pattern of the sentences that it makes. */
const patternOf = (template: string): RegExp =>
  new RegExp(
    `^${template
      .split(PLACEHOLDER)
      .map((part, index) => (index % 2 === 0 ? escaped(part) : '[^]*'))
      .join('')}$`,
  );

const patterns = new Map(RULES.map(({ id, messages }): [string, readonly RegExp[]] => [id, Object.values(messages).map(patternOf)]));
const facts = CASES.map(({ name, inventory }) => ({ name, inventory, facts: deriveFacts(inventory) }));

/** What a sighting lacks for its sentence, and for the error that it names. */
function lacks(rule: Rule, message: string, data: Readonly<Record<string, unknown>>, error: string | null): readonly string[] {
  const template = rule.messages[message];
  if (template === undefined) return [`${rule.id}: no sentence ${message}`];
  return [...names(template), ...names(error ?? '')].flatMap((name) =>
    name in data ? [] : `${rule.id}: nothing for {${name}} in ${message}`,
  );
}

describe('the sentences of all cases', () => {
  it('are made of templates whose braces each hold one name', () => {
    const templates = RULES.flatMap(({ id, messages, error }) =>
      [...Object.values(messages), error ?? ''].map((template) => ({ id, template })),
    );
    expect(templates.filter(({ template }) => /[{}]/.test(template.replaceAll(PLACEHOLDER, '')))).toEqual([]);
  });

  it('have a template, and all that it asks for', () => {
    const missing = facts.flatMap((one) =>
      runRules(RULES, one.facts).sightings.flatMap(({ rule, raised: { message, data, error } }) =>
        lacks(rule, message, data, error === undefined ? rule.error : error).map((what) => `${what} (${one.name})`),
      ),
    );
    expect(missing).toEqual([]);
  });

  it('are those of their rule as they are told', () => {
    const strange = CASES.flatMap(({ name, inventory }) =>
      auditInventory(inventory).findings.flatMap(({ rule, message }) =>
        patterns.get(rule)?.some((pattern) => pattern.test(message)) === true ? [] : `${rule}: ${message} (${name})`,
      ),
    );
    expect(strange).toEqual([]);
  });
});
