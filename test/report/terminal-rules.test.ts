import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { renderRulePage } from '../../src/report/screens/rule-page.js';

const SOURCES = readdirSync('src/report', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

describe('what is printed for people', () => {
  it.each(SOURCES)('%s paints nothing that a light or a dark ground swallows', (file) =>
    expect(readFileSync(`src/report/${file}`, 'utf8')).not.toMatch(/paint\.(?:bg)?(?:yellow|cyan|blue|white(?!\())/i),
  );

  it('breaks no line off a terminal', () => {
    const page = `# A rule\n\n${'word '.repeat(60).trim()}\n`;
    expect(renderRulePage(page, { color: false, width: null })).toBe(`A rule\n\n  ${'word '.repeat(60).trim()}\n`);
  });
});
