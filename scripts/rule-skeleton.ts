import { camelCase } from './rule-names.js';
import type { Link } from '../src/model/contract/chain-links.js';

/** What begins a sentence that says what is left to do; test/catalogue.test.ts fails with these sentences. */
const TO_DO = 'TO DO: ';

/** What a text says that is left to do in it. */
export const leftToDo = (text: string): readonly string[] =>
  text.split('\n').flatMap((line) => {
    const at = line.indexOf(TO_DO);
    return at === -1 ? [] : [line.slice(at).replace(/(?:["',]| \*\/)+$/, '')];
  });

interface NewRule {
  readonly family: string;
  readonly id: string;
  readonly link: Link;
  /** The version that will bring it. */
  readonly since: string;
}

const ISSUER = 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6';
const PROVIDER = `arn:aws:iam::210987654321:oidc-provider/${ISSUER}`;
const ROLE = 'arn:aws:iam::210987654321:role/checkout';

/** An account in which nothing is wrong, as a case. */
const HEALTHY = {
  clusters: [{ name: 'prod', issuer: `https://${ISSUER}` }],
  providers: [{ arn: PROVIDER }],
  roles: [
    {
      arn: ROLE,
      trustPolicy: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Federated: PROVIDER },
            Action: 'sts:AssumeRoleWithWebIdentity',
            Condition: {
              StringEquals: { [`${ISSUER}:sub`]: 'system:serviceaccount:shop:checkout', [`${ISSUER}:aud`]: 'sts.amazonaws.com' },
            },
          },
        ],
      },
    },
  ],
  serviceAccounts: [{ cluster: 'prod', namespace: 'shop', name: 'checkout', annotations: { 'eks.amazonaws.com/role-arn': ROLE } }],
};

const caseWith = (rest: object): string => `${JSON.stringify({ ...HEALTHY, ...rest }, null, 2)}\n`;

const badCase = (id: string): string =>
  caseWith({
    expected: [
      {
        cause: id,
        resource: ROLE,
        why: `${TO_DO}make the account wrong in what the rule finds and in nothing else, name the file bad-<what is wrong>.json, and write here in a few words why.`,
      },
    ],
  });

const okCase = caseWith({
  source: `${TO_DO}make the account look wrong where it is not, as somebody's does, name the file ok-<false alarm it prevents>.json, and take this line away.`,
  expected: [],
});

const pageOf = (id: string): string =>
  [
    `# ${id}`,
    '<!-- generated -->\n<!-- /generated -->',
    `## What it finds\n${TO_DO}say in a sentence or two which things it finds, in the words of AWS and Kubernetes.`,
    `## Why it matters\n${TO_DO}say what goes wrong, and where AWS documents it.`,
    `## Bad\n${TO_DO}show the part that is wrong, in a block of JSON or YAML.`,
    `## Good\n${TO_DO}show the same part as it is right.`,
    `## Repair\n${TO_DO}say what to do, and what to think of before.`,
    `## When it stays silent\n${TO_DO}list what looks wrong and is not: the ok-*.json.`,
  ].join('\n\n') + '\n';

const ruleOf = ({ id, link, since }: NewRule): string => `import { webIdentityRoles } from '../../../facts/trust/role-entries.js';
import { claimIn } from '../../../model/contract/about.js';
import { defineRule, type Messages } from '../../contract/define-rule.js';

const messages = {
  // ${TO_DO}say in one sentence what is wrong, with every name that a reader needs.
  wrong: ({ role, issuer }: { role: string; issuer: string }) => \`Role \${role} is wrong for \${issuer}.\`,
} satisfies Messages;

/** ${TO_DO}say in one sentence what is wrong. */
export const ${camelCase(id)} = defineRule({
  id: '${id}',
  // ${TO_DO}choose the cause: that of other rules where users repair it as one with theirs, else the id.
  cause: '${id}',
  since: '${since}',
  // ${TO_DO}choose the kind (break, exposure, hygiene), the severity of a subject in use, and the confidence: certain only where AWS documents it.
  kind: 'hygiene',
  severity: 'info',
  confidence: 'possible',
  scope: 'account',
  link: '${link}',
  // ${TO_DO}declare every section that it reaches: needs, without which it is not evaluated, uses, and looksAt.
  needs: ['roles'],
  title: '${TO_DO}name the defect',
  why: '${TO_DO}say why it matters, with the behavior of AWS behind it.',
  // ${TO_DO}give the error that SDK or STS says as error; where nothing fails, leave it out.
  references: [
    // ${TO_DO}give the pages on which AWS says so, as EKS/<page>, IAM/<page> or an address.
  ],
  // ${TO_DO}choose the subjects. These are all roles for web identities; trustPolicies leaves out those with the wording that EKS and GitHub prescribe.
  subjects: (facts) => webIdentityRoles(facts),
  evaluate: (role) =>
    role.statements
      // ${TO_DO}take the statements in which it is wrong, in place of none.
      .slice(0, 0)
      .flatMap(({ statement, issuers }) =>
        issuers.map((issuer) => ({
          message: messages.wrong({ role: role.role.name, issuer }),
          evidence: [{ what: 'statement', path: statement.path, found: null, expected: null }],
          statement: statement.index,
          issuer,
          // ${TO_DO}say what it is about, as narrowly as two findings about it are one mistake: src/model/contract/about.ts.
          about: [claimIn(statement.index, 'sub')],
          // ${TO_DO}say what to do, with the edits or patches that do it.
          fix: { summary: 'Change the trust policy.' },
        })),
      ),
});
`;

/** The files of a rule that is to be written, by their paths, in the order in which to write them. Nothing in it finds anything yet. */
export function skeletonOf(rule: NewRule): ReadonlyMap<string, string> {
  const folder = `src/rules/${rule.family}/${rule.id}`;
  return new Map([
    [`${folder}/cases/bad-to-be-named.json`, badCase(rule.id)],
    [`${folder}/cases/ok-to-be-named.json`, okCase],
    [`${folder}/rule.ts`, ruleOf(rule)],
    [`${folder}/page.md`, pageOf(rule.id)],
  ]);
}
