/** The import laws of docs/architecture.md. Each has a sentence for the offender. */
const law = (name, from, allowed, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: from },
  to: { pathNot: allowed },
});
/** The folders of facts, each with those that it may import. */
const FACTS = [
  ['statement'],
  ['issuer'],
  ['permissions'],
  ['account', 'statement', 'issuer'],
  ['provider', 'statement', 'issuer', 'account'],
  ['trust', 'statement', 'issuer', 'account', 'provider'],
  ['exposure', 'statement', 'issuer', 'account', 'provider', 'trust'],
  ['pod-identity', 'statement', 'issuer', 'permissions', 'account', 'trust'],
  ['service-account', 'statement', 'account', 'trust'],
  ['pod', 'statement', 'issuer', 'account', 'trust', 'pod-identity', 'service-account'],
];

const builtin =
  '^(node:)?(fs|path|os|url|http|https|net|tls|crypto|util|stream|zlib|child_process|worker_threads|process|timers|events|buffer|module|perf_hooks|string_decoder|assert|v8)';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Data flows in one direction: break the cycle by moving the shared idea to its own file.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'root-holds-the-index',
      severity: 'error',
      comment: 'In src/ lies the index of the library alone: every other file has a folder, and the folder a law.',
      from: {
        path: '^src/',
        pathNot:
          '^src/(index\\.ts$|(lib|model|policy|facts|rules|engine|explain|collect|report|deliver|probe|saved|settings|rbac|selection|pipeline|library)/)',
      },
      to: {},
    },
    law(
      'lib-stands-alone',
      '^src/lib/',
      ['^src/lib/', '^node_modules/fastest-levenshtein/'],
      'A small tool knows nothing of what it is used for: everybody may import it, and it imports nothing of ours.',
    ),
    law(
      'model-stands-alone',
      '^src/model/',
      ['^src/model/', '^node_modules/zod/'],
      'The model is plain types and the shapes that they come from: it imports nothing but zod.',
    ),
    law(
      'policy-is-pure',
      '^src/policy/',
      ['^src/(policy|model|lib)/'],
      'The policy engine sees the model alone: no SDK, no Node, no clock.',
    ),
    law(
      'facts-are-pure',
      '^src/facts/',
      ['^src/(facts|policy|model|lib)/'],
      'Facts are derived from the inventory by the policy engine alone.',
    ),
    ...FACTS.map(([folder, ...below]) =>
      law(
        `facts-of-${folder}`,
        `^src/facts/${folder}/`,
        [`^src/facts/(${[folder, ...below].join('|')})/`, '^src/(policy|model|lib)/'],
        `Of facts ${folder} knows ${below.join(', ') || 'no others'}: what is needed of more goes to a folder above it.`,
      ),
    ),
    law(
      'rules-see-facts',
      '^src/rules/(?!index\\.ts$)',
      ['^src/(facts|policy|model|lib)/', '^src/rules/contract/'],
      'A rule imports model, policy, facts and the contract; never another rule.',
    ),
    {
      name: 'rules-alone-of-their-folders',
      severity: 'error',
      comment: 'Of the folder of a rule only rule.ts is imported: its page is copied, its cases are of the tests.',
      from: { path: '^(src|cli|lambda|infra)/' },
      to: { path: '^src/rules/(?!contract/)[^/]+/.+', pathNot: '/rule\\.ts$' },
    },
    law(
      'engine-gets-rules',
      '^src/engine/',
      ['^src/(engine|facts|policy|model|lib)/', '^src/rules/contract/define-rule\\.ts$', '^node:crypto$', '^crypto$'],
      'The engine gets its rules as an argument and does no I/O.',
    ),
    law(
      'explain-is-pure',
      '^src/explain/',
      ['^src/(explain|facts|policy|model|lib)/', '^src/rules/contract/rule-id\\.ts$'],
      'What explains a text sees it, an inventory and a report, and gets its rules as words.',
    ),
    law(
      'collect-only-reads',
      '^src/collect/',
      ['^src/(collect|model|lib)/', '^node_modules/', builtin],
      'Collecting knows nothing of rules, facts or reports.',
    ),
    law(
      'report-is-pure',
      '^src/report/',
      ['^src/(report|model|lib)/', '^node_modules/(zod|fast-wrap-ansi|picocolors)/'],
      'A renderer sees the report and nothing else.',
    ),
    law(
      'page-draws-what-it-is-given',
      '^page/',
      ['^page/', '^src/report/page/(page-data|usual)\\.ts$', '^src/model/report/'],
      'What runs in the browser filters and draws the words that the report gives it: it judges nothing and knows nothing else.',
    ),
    law(
      'deliver-gets-strings',
      '^src/deliver/',
      ['^src/(deliver|model|lib)/', '^node_modules/@(aws-sdk|smithy)/', builtin],
      'A sink gets strings and delivers them.',
    ),
    law(
      'probe-asks-by-itself',
      '^src/probe/',
      ['^src/(probe|collect|model|lib)/', '^node_modules/@aws-sdk/client-sts/', builtin],
      'The probe compares with a chain that it is given; it knows no rules.',
    ),
    law(
      'saved-is-read-back',
      '^src/saved/',
      ['^src/(saved|model|lib)/', '^src/report/json/', '^src/engine/(repair/commands|history/next-state)\\.ts$', '^node_modules/zod/'],
      'What was written is read back into the model: inventories, reports, the memory.',
    ),
    law(
      'settings-are-checked',
      '^src/settings/',
      ['^src/(settings|model|lib)/', '^src/saved/error-in-lines\\.ts$', '^node_modules/(zod|yaml)/'],
      'Settings are read and checked; what they do is the business of others.',
    ),
    law(
      'selection-chooses',
      '^src/selection/',
      ['^src/(selection|model|lib)/', '^src/report/parts/problems\\.ts$'],
      'What a person wants to see of a report, and as the machine runs it: no finding is judged here.',
    ),
    law(
      'rbac-prints-commands',
      '^src/rbac/',
      [
        '^src/(rbac|model|lib)/',
        '^src/collect/reading/kubernetes-reads\\.ts$',
        '^src/engine/(run/coverage|repair/shell)\\.ts$',
        '^node_modules/yaml/',
      ],
      'The commands that give access to clusters come from the table of reads.',
    ),
    law(
      'pipeline-brings-the-rules',
      '^src/pipeline/',
      ['^src/(pipeline|engine|explain|facts|policy|model|lib)/', '^src/rules/index\\.ts$', '^src/report/parts/find-problem\\.ts$'],
      'The pipeline hands the rules to the engine: it reads nothing and prints nothing.',
    ),
    law(
      'library-checks-and-passes-on',
      '^src/library/',
      ['^src/(library|pipeline|collect|report|saved|model|lib)/', '^node_modules/zod/'],
      'The library checks what it is given and passes it on: it judges nothing itself.',
    ),
    {
      name: 'shells-use-no-library',
      severity: 'error',
      comment: 'The shells have checked what they read: they drive the pipeline itself.',
      from: { path: '^(cli|lambda)/' },
      to: { path: '^src/library/' },
    },
    {
      name: 'probe-is-for-people',
      severity: 'error',
      comment: 'Nothing that runs by itself may take a role: the probe is started by a person, at the command line.',
      from: { pathNot: '^(src/probe|cli)/' },
      to: { path: '^src/probe/' },
    },
    {
      name: 'shells-stay-apart',
      severity: 'error',
      comment: 'The two shells share the pipeline, not each other.',
      from: { path: '^(cli|lambda)/' },
      to: { path: '^(cli|lambda)/', pathNot: '^$1/' },
    },
    {
      name: 'lambda-has-no-formats',
      severity: 'error',
      comment: 'The function renders text, JSON and email: the table of formats is of the command line, and would be deployed with it.',
      from: { path: '^lambda/' },
      to: { path: '^src/report/((index|format-names)\\.ts$|formats/)' },
    },
    {
      name: 'shells-use-the-pipeline',
      severity: 'error',
      comment: 'Shells drive the pipeline; they reach into no rule, fact or policy.',
      from: { path: '^(cli|lambda)/' },
      to: { path: '^src/(facts|policy|engine|explain)/|^src/rules/(?!index\\.ts$)' },
    },
    {
      name: 'infra-takes-constants',
      severity: 'error',
      comment: 'Infrastructure deploys the built dist/lambda; of the product it takes constants and the small tools.',
      from: { path: '^infra/' },
      to: { path: '^(src|lambda|cli)/', pathNot: '^src/lib/|^(src/collect/reading/reads|src/deliver/names|lambda/names)\\.ts$' },
    },
    {
      name: 'no-test-in-product',
      severity: 'error',
      comment: 'The product never imports its tests or benches.',
      from: { path: '^(src|cli|lambda|infra|page)/' },
      to: { path: '^(test|bench|scripts)/' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
