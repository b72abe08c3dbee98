import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';

/** Writes the skeleton of a rule, its page and its folder of cases: npm run new-rule <family> <id> */
const [family = '', id = ''] = process.argv.slice(2);
if (!/^[a-z-]+$/.test(family) || !/^[a-z]+(-[a-z]+)+$/.test(id)) {
  console.error('usage: npm run new-rule <family> <id>, such as: npm run new-rule trust audience-mismatch');
  process.exit(2);
}
const folder = `src/rules/${family}/${id}`;
const file = `${folder}/rule.ts`;
if (existsSync(folder)) {
  console.error(`${folder} is there already`);
  process.exit(2);
}
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const name = id.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
mkdirSync(`${folder}/cases`, { recursive: true });
writeFileSync(
  file,
  `import { trustPolicies } from '../../../facts/trust/role-entries.js';
import { claimIn } from '../../../model/contract/about.js';
import { defineRule, STS_NOT_AUTHORIZED, type Messages } from '../../contract/define-rule.js';

const messages = {
  wrong: ({ role, issuer }: { role: string; issuer: string }) => \`What is wrong with \${role} for \${issuer}.\`,
} satisfies Messages;

/** What is wrong, in one sentence. */
export const ${name} = defineRule({
  id: '${id}',
  cause: '${id}',
  since: '${version}',
  kind: 'break',
  severity: 'high',
  confidence: 'certain',
  scope: 'account',
  link: 'subject',
  needs: ['roles'],
  title: 'A title',
  why: 'Why it matters, with the behavior of AWS behind it.',
  error: STS_NOT_AUTHORIZED,
  references: [],
  subjects: (facts) => trustPolicies(facts),
  evaluate: (role) =>
    role.statements.flatMap(({ statement, issuers }) =>
      issuers.map((issuer) => ({
        message: messages.wrong({ role: role.role.name, issuer }),
        evidence: [{ what: 'statement', path: statement.path, found: null, expected: null }],
        statement: statement.index,
        issuer,
        about: [claimIn(statement.index, 'sub')],
        fix: { summary: 'What to do.' },
      })),
    ),
});
`,
);
writeFileSync(
  `${folder}/page.md`,
  `# ${id}\n\n<!-- generated -->\n<!-- /generated -->\n\n## What it finds\n\n## Why it matters\n\n## Bad\n\n## Good\n\n## Repair\n\n## When it stays silent\n`,
);
console.log(
  `${file}\n${folder}/page.md\n${folder}/cases/   (add bad-*.json and ok-*.json)\nNow say which link of src/model/contract/chain-links.ts it speaks of, and run: npm run generate`,
);
