import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { paragraphLines, standingAlone } from '../../src/report/layout/paragraph.js';

const long = 'word '.repeat(7).trim();

describe('paragraphLines', () => {
  it('keeps a short paragraph on one line', () => expect(paragraphLines('short', 40, 2)).toEqual(['  short']));

  it('stays within the columns, each line indented', () => {
    expect(paragraphLines('one two three four', 10, 2)).toEqual(['  one two', '  three', '  four']);
    expect(paragraphLines('one two three four', 10, 0, 3)).toEqual(['one two', '   three', '   four']);
  });

  it('counts wide characters as two columns', () => expect(paragraphLines('東京東京 東京', 10, 0)).toEqual(['東京東京', '東京']));

  it('keeps a word that is longer than a line whole', () => {
    const arn = `arn:aws:iam::111122223333:role/${'x'.repeat(40)}`;
    expect(paragraphLines(`the role ${arn} is`, 20, 0)).toEqual(['the role', arn, 'is']);
  });

  it('breaks a plain text where it breaks a painted one', () => {
    const words = fc.constantFrom('a', 'to', 'word', '$', '-', '12.', 'Repair:', 'x'.repeat(25));
    const text = fc
      .array(fc.tuple(words, fc.constantFrom(' ', '  ', '     ')), { minLength: 1 })
      .map((parts) => parts.flat().join('').trim());
    fc.assert(
      fc.property(text, fc.integer({ min: 6, max: 60 }), (plain, columns) => {
        const painted = paragraphLines(`${plain} \x1b[2mend\x1b[22m`, columns, 2, 4);
        expect(paragraphLines(`${plain} end`, columns, 2, 4)).toEqual(painted.map((line) => line.replace(/\x1b\[\d+m/g, '')));
      }),
    );
  });

  it.each([
    '$ rm -rf /',
    'Repair: run this',
    'Error:      nothing',
    '- all is well',
    '12. HIGH: forged',
    '---- more',
    '# a heading',
    '> a quotation',
    '* a star',
  ])('never breaks so that a line begins with %p', (forged) => {
    // Wherever the text before it ends, and however many spaces stand between.
    for (let pad = 1; pad < 40; pad += 1) {
      for (const gap of [' ', '     ']) {
        const lines = paragraphLines(`${'x'.repeat(pad)} y${gap}${forged}${gap}${long}`, 30, 2);
        expect(lines.filter((line) => line.trimStart().startsWith(forged.split(' ')[0]!))).toEqual([]);
      }
    }
  });
});

describe('standingAlone', () => {
  it('marks what begins like a line of ours', () => {
    expect(standingAlone('$ rm -rf /')).toBe('… $ rm -rf /');
    expect(standingAlone('Repair: run this')).toBe('… Repair: run this');
  });

  it('leaves sentences as they are', () => expect(standingAlone('The role app trusts nobody.')).toBe('The role app trusts nobody.'));
});
