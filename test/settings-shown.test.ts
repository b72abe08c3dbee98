import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { DEFAULT_SETTINGS } from '../src/model/report/settings.js';
import { listRules } from '../src/pipeline/pipeline.js';
import { parseSettings } from '../src/settings/settings-file.js';
import { settingsJsonSchema } from '../src/settings/settings-schema.js';

describe('what is shown to people', () => {
  const example = readFileSync('examples/irsa-auditor.yaml', 'utf8');
  const page = readFileSync('docs/settings.md', 'utf8');
  const blocks = [...page.matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, block = '']) => block);
  const rules = listRules().map(({ id }) => id);
  const schema = new Ajv2020({ strict: false, formats: { date: true } }).compile(settingsJsonSchema() as object);

  it('the page has the whole file', () => {
    expect(blocks.length).toBeGreaterThan(3);
    expect(Object.keys(parseSettings(blocks[0] ?? '', 'page', rules).settings).sort()).toEqual(Object.keys(DEFAULT_SETTINGS).sort());
  });

  it.each([['the example', example], ...blocks.map((block): [string, string] => [block.slice(0, 40), block])])(
    'is right, also for an editor: %j',
    (_what, text) => {
      expect(parseSettings(text, 'shown', rules).warnings).toEqual([]);
      expect([schema(parse(text)), schema.errors]).toEqual([true, null]);
    },
  );

  it('the example has every key', () => {
    expect(Object.keys(parseSettings(example, 'example', rules).settings).sort()).toEqual(Object.keys(DEFAULT_SETTINGS).sort());
  });

  it('the schema describes every key, and knows no other', () => {
    const { properties } = settingsJsonSchema() as { properties: Record<string, { description?: string }> };
    expect(Object.entries(properties).filter(([, { description = '' }]) => description === '')).toEqual([]);
    expect([schema({ notifyat: 'low' }), schema({ notifyAt: 'severe' }), schema({ reminderDays: 400 })]).toEqual([false, false, false]);
  });
});
