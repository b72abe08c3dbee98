import { Option, type Command } from 'commander';
import { nearest } from '../../src/lib/nearest.js';
import { inertJson } from '../../src/lib/inert.js';
import { listRules, type RuleSummary } from '../../src/pipeline.js';
import { renderRulePage } from '../../src/report/rule-page.js';
import { UsageError, type Io } from '../io.js';

interface ExplainArguments {
  readonly format: 'text' | 'json';
}

/** How ids and causes are written, which no error text is. */
const ID = /^[A-Za-z]+(-[A-Za-z]+)+$/;
const SLIP = 5;

/** The rule of an id, or of a cause that it alone reports. @throws UsageError */
function ruleNamed(wanted: string): RuleSummary {
  const rules = listRules();
  const rule = rules.find(({ id }) => id === wanted);
  if (rule !== undefined) return rule;
  const [one, ...more] = rules.filter(({ cause }) => cause === wanted);
  if (one !== undefined && more.length === 0) return one;
  if (one !== undefined)
    throw new UsageError(`${wanted} is a cause that several rules report: ${[one, ...more].map(({ id }) => id).join(', ')}.`);
  const names = [...new Set(rules.flatMap(({ id, cause }) => [id, cause]))];
  const near = nearest(wanted.toLowerCase(), names, SLIP);
  throw new UsageError(`There is no rule ${wanted}. ${near === null ? 'irsa-auditor rules lists them.' : `Did you mean ${near}?`}`);
}

async function printRule(wanted: string, { format }: ExplainArguments, io: Io): Promise<void> {
  const { id, ...summary } = ruleNamed(wanted);
  const page = await io.rulePage(id);
  io.stdout(
    format === 'json'
      ? `${inertJson(JSON.stringify({ schemaVersion: 1, rule: id, ...summary, page }, null, 2))}\n`
      : renderRulePage(page, io.terminal),
  );
}

/** `explain RULE`: the page of a rule. */
export function addExplain(program: Command, io: Io): void {
  program
    .command('explain')
    .description('print the page of a rule')
    .argument('<rule>', 'id of a rule, or a cause')
    .addOption(new Option('--format <format>', 'how to print it').choices(['text', 'json']).default('text'))
    .action(async (wanted: string, options: ExplainArguments) => {
      if (!ID.test(wanted)) throw new UsageError(`${JSON.stringify(wanted)} is no id of a rule. \`irsa-auditor rules\` lists them.`);
      await printRule(wanted, options, io);
    });
}
