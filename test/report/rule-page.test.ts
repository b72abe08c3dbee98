import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { RULE_FOLDERS } from '../../scripts/rule-folders.js';
import { renderRulePage } from '../../src/report/screens/rule-page.js';

const PAGE = `# some-rule

<!-- generated -->
| cause | severity |
|---|---|
| \`some-cause\` | high |

**It is wrong.** Why it is.

- <https://docs.aws.amazon.com/x>
<!-- /generated -->

## What it finds
A thing with a name like \`audience\`, [told elsewhere](other-rule.md), and enough words to need more than one line of a terminal of sixty columns.

\`\`\`json
{
  "a":   "**kept**"
}
\`\`\`
- one
`;

const plain = renderRulePage(PAGE, { color: false, width: 60 });

describe('renderRulePage', () => {
  it('prints the page without the marks of Markdown', () => {
    expect(plain.split('\n')).toEqual([
      'some-rule',
      '',
      '  cause:    some-cause',
      '  severity: high',
      '',
      '  It is wrong. Why it is.',
      '',
      '  - https://docs.aws.amazon.com/x',
      '',
      'What it finds',
      '  A thing with a name like audience, told elsewhere',
      '  (other-rule), and enough words to need more than one line',
      '  of a terminal of sixty columns.',
      '',
      '    {',
      '      "a":   "**kept**"',
      '    }',
      '',
      '  - one',
      '',
    ]);
  });

  it('paints what is said loudly, and nothing else', () => {
    const painted = renderRulePage(PAGE, { color: true, width: 60 });
    expect(painted).toContain('\u001b[1mWhat it finds\u001b[22m');
    expect(painted.replaceAll(/\u001b\[\d+m/g, '')).toBe(plain);
  });

  it('lets nothing of a page act in the terminal', () => {
    expect(renderRulePage('# a\u001b[2J\n\ntext\u0007 `x\u009b`\n\n```\n\u001b]0;x\n```\n', { color: false, width: 60 })).not.toMatch(
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/,
    );
  });

  it.each(RULE_FOLDERS)('leaves no mark of Markdown in the page of $id', ({ path }) => {
    const prose = renderRulePage(readFileSync(`${path}/page.md`, 'utf8'), { color: false, width: 80 })
      .split('\n')
      .filter((line) => !line.startsWith('    '))
      .join('\n');
    expect(prose).not.toMatch(/^#|`|<!--|\]\(|^\||\*\*/m);
  });
});
