import { describe, expect, it } from '@jest/globals';
import { problems } from './settings-problems.js';

describe('hostile input', () => {
  const laughs = `a: &a [x]\n${'bcdefghi'
    .split('')
    .map((name, index) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefgh'[index] ?? ''}`).join(', ')}]`)
    .join('\n')}`;
  const keys = Array.from({ length: 42_000 }, (_, index) => `${index.toString(36)}:`).join('\n');
  it.each<[string, string, RegExp]>([
    ['a billion laughs', laughs, /^its aliases \(\*\) cannot be followed: Excessive alias count/],
    ['an alias of nothing', 'regions: *nothing', /^its aliases \(\*\) cannot be followed: Unresolved alias/],
    ['an alias of itself', 'regions: &all [*all]', /^line 1, regions\[0\]: takes the name of a region, such as eu-west-1, not a list$/],
    ['a key twice', 'notifyAt: low\nregions: all\nnotifyAt: high', /^line 3: the key notifyAt is here again$/],
    ['a key twice inside', 'clusters:\n  include: []\n  include: [a]', /^line 3: the key include is here again$/],
    ['a tab', 'clusters:\n\tinclude: []', /^line 2: a tab indents this line: YAML takes spaces only$/],
    ['256 kB and more', `# ${'x'.repeat(256 * 1024)}`, /^it is larger than 256 kB$/],
    ['256 kB and more in bytes', `# ${'é'.repeat(128 * 1024)}`, /^it is larger than 256 kB$/],
    ['1 MB of keys', 'key: 1\n'.repeat(150_000), /^it is larger than 256 kB$/],
    ['very many keys', keys, /^line 1, 0: there is no such key$/],
    ['lists nested without end', '['.repeat(200_000), /^its lists and keys are nested too deep$/],
    ['lists nested on one line', '- '.repeat(100_000), /^its lists and keys are nested too deep$/],
    ['keys nested without end', '{a: '.repeat(50_000), /^its lists and keys are nested too deep$/],
    ['keys of keys', '? '.repeat(100_000), /^its lists and keys are nested too deep$/],
    ['a number as a key', '1: x', /^line 1, 1: there is no such key$/],
    ['nothing as a key', ': x', /^line 1, : there is no such key$/],
    ['a list as a key', '? [a]\n: b', /^line 1: this key is no text$/],
    ['__proto__', '__proto__: { notifyAt: low }', /^line 1, __proto__: there is no such key$/],
    ['__proto__ inside', 'clusters: { __proto__: { include: [] } }', /^line 1, clusters\.__proto__: there is no such key$/],
    ['a merge key', '<<: { notifyAt: low }', /^line 1, <<: there is no such key$/],
    ['a tag', 'notifyAt: !env LEVEL', /^line 1: a tag \(!\) is here: the settings need none/],
    ['a tag of a type', 'notifyAt: !!binary aGlnaA==', /^line 1: a tag \(!\) is here/],
    ['a second document', 'notifyAt: low\n---\nnotifyAt: high', /^line 2: a second document begins here \(---\): the settings are one$/],
    ['what is no YAML', 'regions: [eu-west-1', /^line 1: /],
    ['a terminal escape in a value', 'notifyAt: "\\e[2J\\u202e"', /not "\\u001b\[2J\\u202e"$/],
    ['a terminal escape in a key', '"\\e[2J": 1', /^line 1, \\u001b\[2J: there is no such key$/],
    ['a line break in a key twice', '"a\\nb": 1\n"a\\nb": 1', /^line 2: the key a\\u000ab is here again$/],
    ['a long value', `notifyAt: ${'x'.repeat(1000)}`, /not "x{60}…"$/],
  ])('%s is told and does no harm', (_what, text, expected) => {
    expect(problems(text)[0]).toMatch(expected);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});
