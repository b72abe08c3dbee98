import { describe, expect, it } from '@jest/globals';
import { RULES } from '../../src/rules/index.js';

/** A title is a row of a screen of 80 columns, beside a number, a severity and a name: what does not fit there is cut. */
const MOST_CHARACTERS = 36;

describe('the title of a rule', () => {
  it.each(RULES.map(({ id, title }) => [id, title]))('%s', (_, title) => {
    expect(title.length).toBeLessThanOrEqual(MOST_CHARACTERS);
    expect(title.split(' ').length).toBeGreaterThanOrEqual(2);
    expect(title.split(' ').length).toBeLessThanOrEqual(7);
    expect(title).not.toMatch(/^(?:The|An?) |\.$|let in|lets in|shut out|passes over|\btakes?\b/);
  });

  it('is that of no other', () => expect(new Set(RULES.map(({ title }) => title)).size).toBe(RULES.length));
});
