import type { Command } from 'commander';
import { NoIdentityError } from '../../src/collect/reading/no-identity-error.js';
import { linesOf } from '../../src/saved/error-in-lines.js';
import { inertJson } from '../../src/lib/escape-text.js';
import { nearest } from '../../src/lib/nearest.js';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import { listRules, type RuleSummary } from '../../src/pipeline/pipeline.js';
import { renderExplanation, renderExplanationJson } from '../../src/report/screens/explanation.js';
import { renderRulePage } from '../../src/report/screens/rule-page.js';
import type { ExplainedBy } from '../../src/pipeline/explain-error.js';
import { byContexts, type NamedContext } from '../../src/selection/in-contexts.js';
import { findingIn } from '../../src/selection/in-profile.js';
import { accessWords, addAccess, commandProfile } from '../reading/aws-access.js';
import { inventoryFrom } from '../reading/inventory-source.js';
import { programName, UsageError, type Io } from '../terminal/io.js';
import { kubeContextNamed } from '../reading/kube-contexts.js';
import { asGiven } from '../terminal/line-to-copy.js';
import { contextsOf } from '../reading/collect-options.js';
import { readText } from '../reading/read-text.js';
import { askedWorkload } from '../reading/workload.js';
import { addPlaceOptions, formatOption, inventoryOption, shellOption, timeoutOption } from './options.js';
import { inventoryOf, type WhyArguments } from './why.js';

interface ExplainArguments extends WhyArguments {
  readonly event?: string;
  readonly all?: true;
  /** An ARN. */
  readonly role?: string;
  readonly offline?: true;
}

/** Nothing is confirmed, or the text is not known. */
const OPEN = 3;

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

async function printRule(wanted: string, { format }: Pick<ExplainArguments, 'format'>, io: Io): Promise<void> {
  const { id, ...summary } = ruleNamed(wanted);
  const page = await io.rulePage(id);
  io.stdout(
    format === 'json'
      ? `${inertJson(JSON.stringify({ schemaVersion: 1, rule: id, ...summary, page }, null, 2))}\n`
      : renderRulePage(page, io.terminal),
  );
}

/** What is to be explained that is no rule: the argument, standard input, or a file. @throws UsageError */
async function textGiven(words: readonly string[], event: string | undefined, io: Io): Promise<string> {
  const argument = words.join(' ').trim();
  if (event !== undefined && argument !== '') throw new UsageError('Give the text or --event FILE, not both.');
  const path = event ?? (argument === '-' ? '-' : undefined);
  const text = path === undefined ? argument : await readText('text', path, io);
  if (text.trim() === '')
    throw new UsageError('Give the id of a rule, the text of an error, - for standard input, or --event FILE with an event of CloudTrail.');
  return text;
}

/** The account that is to confirm or refute, and the contexts by which its clusters were read. */
interface AskedAccount {
  /** Null where none is to be asked, or nobody is signed in. */
  readonly inventory: Inventory | null;
  readonly contexts: readonly NamedContext[];
}

const NONE: AskedAccount = { inventory: null, contexts: [] };

async function accountFor(options: ExplainArguments, io: Io): Promise<AskedAccount> {
  if (options.offline === true) return NONE;
  const isOfWorkload = options.serviceAccount !== undefined || options.pod !== undefined;
  try {
    if (isOfWorkload) {
      const asked = await askedWorkload([undefined, undefined], options, options.inventory !== undefined, io);
      return { inventory: await inventoryOf(asked, options, io), contexts: asked.context === undefined ? [] : [asked.context] };
    }
    const { kubernetes, context: named, ...rest } = options;
    if (options.inventory !== undefined) return { inventory: await inventoryFrom(rest, io), contexts: [] };
    const context = named === undefined ? undefined : [(await kubeContextNamed(named === true ? null : named, options.kubeconfig)).context];
    const source = { ...rest, context, kubernetes: kubernetes !== false };
    return { inventory: await inventoryFrom(source, io), contexts: await contextsOf(source) };
  } catch (error) {
    if (!(error instanceof NoIdentityError)) throw error;
    for (const line of linesOf(error)) io.stderr(`irsa-auditor: ${line}`);
    io.stderr('irsa-auditor: The causes are not checked against an account. --inventory FILE checks them against a saved one.');
    return NONE;
  }
}

/** For a person: with contexts and profile in the commands, and what asks again. */
function inText({ explanation, report }: ExplainedBy, contexts: readonly NamedContext[], options: ExplainArguments, io: Io): string {
  const { shell, inventory, kubeconfig } = options;
  const profile = commandProfile(options);
  const [context] = contexts;
  const source = [
    ...(inventory === undefined ? [] : ['--inventory', inventory]),
    ...(context === undefined ? [] : ['--context', context.context]),
    ...(context === undefined || kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig]),
  ];
  const given = { access: asGiven(accessWords(options)), kubeconfig: '', profile };
  const asked = { program: programName(io), given, source: asGiven(source) };
  const style = { ...io.terminal, ...asked, shell, all: options.all === true };
  if (report === null) return renderExplanation(explanation, style);
  const { clusters, named } = byContexts(report, contexts);
  const causes = explanation.causes.map((cause) => ({
    ...cause,
    findings: cause.findings.map((finding) => findingIn(profile, named(finding))),
  }));
  return renderExplanation({ ...explanation, causes }, { ...style, read: { ...report, clusters } });
}

async function explainText(text: string, options: ExplainArguments, io: Io): Promise<number> {
  const { inventory, contexts } = await accountFor(options, io);
  // On demand: no other command has a use for the tables of texts.
  const { explainWith } = await import('../../src/pipeline/explain-error.js');
  const explained = explainWith(text, inventory, options);
  const { explanation } = explained;
  io.stdout(options.format === 'json' ? renderExplanationJson(explanation) : inText(explained, contexts, options, io));
  const isAnswered = explanation.causes.some(({ state }) => state === 'confirmed') || (inventory === null && explanation.causes.length > 0);
  return isAnswered ? 0 : OPEN;
}

/** `explain RULE`: the page of a rule. `explain TEXT`: what an error means, and which cause of it the account confirms. */
export function addExplain(program: Command, io: Io, exit: (status: number) => void): void {
  const command = program
    .command('explain')
    .description('print the page of a rule; or say what an error text means, and which of its causes the account confirms')
    .argument('[rule-or-text...]', 'id of a rule, a cause, or the text of an error in quotes; - = standard input')
    .option('--event <file>', 'read the text, or an event of CloudTrail, from this file')
    .addOption(formatOption(['text', 'json']))
    .addOption(shellOption(io))
    .option('--all', 'list every cause, those that are ruled out too')
    .option('--role <arn>', 'the role that the error is about')
    .option('--offline', 'ask no account: list the causes unchecked')
    .addOption(inventoryOption());
  addAccess(addPlaceOptions(command))
    .option('--pod <name>', 'the pod that logs the error')
    .addOption(timeoutOption())
    .option('--no-kubernetes', 'do not scan inside the clusters')
    .action(async (words: readonly string[], options: ExplainArguments) => {
      const [wanted = ''] = words;
      if (words.length === 1 && options.event === undefined && ID.test(wanted)) await printRule(wanted, options, io);
      else exit(await explainText(await textGiven(words, options.event, io), options, io));
    });
}
