import { expect, it } from '@jest/globals';
import { renderMarkdown } from '../../../src/report/formats/markdown.js';
import { code, codeBlock, prose } from '../../../src/report/formats/inert-markdown.js';
import { GITHUB, tokensOf } from '../format-readers.js';
import { aFinding, aFix, anIncompleteReport, aReport, findingsOf } from '../report-builder.js';
import { EXAMPLE, REPORTS } from './reports.js';

/** Our own tags, each on a line of its own: the fold of one problem. */
const OWN_HTML = /^(?:<details><summary>\d+\. (?:critical|high|medium|low|info): [\w ,.'()–-]+<\/summary>|<\/details>)\n*$/;
const ACTIVE = [
  'link_open',
  'image',
  'html_inline',
  'em_open',
  'strong_open',
  's_open',
  'heading_open',
  'blockquote_open',
  'hr',
  'code_block',
];

const typesOf = (output: string): readonly string[] => tokensOf(output).map(({ type }) => type);

it.each(REPORTS)('nothing that an account holds makes a link, an image, HTML or a heading: %s', (_, report) => {
  const output = renderMarkdown(report);
  const tokens = tokensOf(output);
  expect(
    tokens
      .filter(({ type }) => type === 'html_block')
      .map(({ content }) => content)
      .filter((html) => !OWN_HTML.test(html)),
  ).toEqual([]);
  const acting = typesOf(output).filter((type) => ACTIVE.includes(type));
  // Ours: the heading, and the bold words of a partial scan.
  expect(acting).toEqual(['heading_open', ...(report.complete ? [] : ['strong_open'])]);
  expect(typesOf(output).filter((type) => type === 'bullet_list_open').length).toBe(
    tokens.filter(({ type, level }) => type === 'bullet_list_open' && level === 0).length,
  );
});

it.each(REPORTS)('no mention, issue, commit or emoji is outside of code: %s', (_, report) => {
  const words = tokensOf(renderMarkdown(report))
    .filter(({ type }) => type === 'text')
    .map(({ content }) => content);
  expect(words.filter((text) => /@\w|#\d|\bGH-\d|\b[0-9a-f]{7,40}\b|:\w+:|www\./i.test(text))).toEqual([]);
});

it.each(REPORTS)('every row of the table has five cells: %s', (_, report) => {
  const types = typesOf(renderMarkdown(report));
  const rows = types.filter((type) => type === 'tr_open').length;
  expect(types.filter((type) => type === 'td_open' || type === 'th_open')).toHaveLength(5 * rows);
});

it.each(['a`b', '``', '`a', 'a`', ' `` ', 'a|b', '\\|', '| x |', 'a\\', '<b>', '**x**', 'x ', '](y)'])(
  '%j is one code span with what it is',
  (text) => {
    const inline = GITHUB.parseInline(code(text), {})[0]?.children ?? [];
    expect(inline.map(({ type }) => type)).toEqual(['code_inline']);
    expect(inline[0]?.content).toBe(text.replaceAll('|', '\\u007c'));
    const cells = GITHUB.parse(`|a|b|\n|---|---|\n|${code(text)}|x|\n`, {}).filter(({ type }) => type === 'td_open');
    expect(cells).toHaveLength(2);
  },
);

it.each([
  ['The role app is open.', 'The role app is open.'],
  ['The role arn:aws:iam::1:role/x is open.', 'The role `arn:aws:iam::1:role/x` is open.'],
  ['ask @octo-org/all now', 'ask `@octo-org/all` now'],
  ['see #1 and GH-2 and deadbeef00', 'see `#1` and `GH-2` and `deadbeef00`'],
  ['the key is eks.amazonaws.com/role-arn. So is `x`, at 06:00', 'the key is `eks.amazonaws.com/role-arn`. So is `x`, at 06:00'],
  ['at 12:100:3', 'at `12:100:3`'],
  ['two * three  * four', 'two `*` three  `*` four'],
  ['1. one', '`1`. one'],
  ['- one', '`-` one'],
  ["pass `a b` and --reason 'x=one of two' then", "pass `a b` and `--reason 'x=one of two'` then"],
  ['`a` `b`', '`a` `b`'],
  ['a `b` c` d', 'a `` `b` c` `` d'],
])('%j is %j', (text, expected) => expect(prose(text)).toBe(expected));

it('keeps within what GitHub takes, and says what was cut', () => {
  const long = 'x'.repeat(3_000);
  const findings = findingsOf('high', 500, { message: `${long} `.repeat(3), fix: aFix({ commands: [`aws iam x --y ${long}`] }) });
  const output = renderMarkdown(aReport({ findings }));
  expect(output.length).toBeLessThanOrEqual(65_536);
  const rows = output.split('\n').filter((line) => /^\| \d+ \|/.test(line)).length;
  const details = output.split('\n').filter((line) => line.startsWith('<details>')).length;
  expect(output).toContain(`Details of ${500 - details} problems are cut here`);
  if (rows < 500) expect(output).toContain(`${500 - rows} more problems are not in this table`);
  expect([rows > 100, details > 5]).toEqual([true, true]);
  // Every fold that was opened is closed.
  expect(output.split('</details>')).toHaveLength(details + 1);
});

it('keeps within it to the last problem that fits', () => {
  const output = renderMarkdown(aReport({ findings: findingsOf('high', 2_000) }));
  expect(output.length).toBeLessThanOrEqual(65_536);
  expect(output.length).toBeGreaterThan(65_536 - 1_500);
});

it('a command is in one block, whatever is in it', () => {
  const commands = ['```', 'aws iam x --y ```', '````\n# heading', '~~~'];
  const tokens = GITHUB.parse(codeBlock(commands).join('\n'), {});
  expect(tokens.map(({ type }) => type)).toEqual(['fence']);
  expect(tokens[0]?.content).toBe('```\naws iam x --y ```\n````\\u000a# heading\n~~~\n');
});

it('says first what was not scanned, and what is suppressed and severe', () => {
  const suppressed = { reason: 'known', until: null, by: 'settings' } as const;
  const report = { ...anIncompleteReport(), findings: [aFinding(), aFinding({ fingerprint: 'f2', severity: 'critical', suppressed })] };
  expect(renderMarkdown(report)).toMatch(
    /^## irsa-auditor: 1 high; suppressed: 1 critical\n[^]*Partial scan[^]*`eks:ListClusters` in[^]*Suppressed, and severe:[^]*\| 1 \| high/,
  );
});

it('is one table and one fold for each problem', () => {
  const types = typesOf(renderMarkdown(EXAMPLE));
  const problems = EXAMPLE.findings.filter(({ place }) => place === 'primary').length;
  expect(types.filter((type) => type === 'tr_open')).toHaveLength(problems + 1);
  expect(types.filter((type) => type === 'html_block')).toHaveLength(2 * problems);
});
