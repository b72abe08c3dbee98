import { InvalidArgumentError, Option, type Command } from 'commander';
import { nearest } from '../../src/lib/nearest.js';
import { SEVERITIES, type Severity } from '../../src/model/report/finding.js';
import { listRules } from '../../src/pipeline/pipeline.js';
import type { SelectionWanted } from '../../src/selection/select-findings.js';

/** What of an audit is shown and counted. */
export interface SelectionArguments {
  readonly cluster?: readonly string[];
  readonly namespace?: readonly string[];
  readonly role?: readonly string[];
  readonly rule?: readonly string[];
  readonly excludeRule?: readonly string[];
  readonly minSeverity?: Severity;
}

/** Names between commas, and those that were given before. */
export function names(value: string, previous: readonly string[] = []): readonly string[] {
  const given = value.split(',').map((name) => name.trim());
  if (given.includes('')) throw new InvalidArgumentError('give one name, or several with commas between them.');
  return [...previous, ...given];
}

function ruleNames(value: string, previous: readonly string[] = []): readonly string[] {
  const ids = listRules().map(({ id }) => id);
  for (const name of names(value)) {
    const near = ids.includes(name) ? null : nearest(name, ids, 5);
    if (!ids.includes(name))
      throw new InvalidArgumentError(near === null ? '`irsa-auditor rules` lists the rules.' : `Did you mean ${near}?`);
  }
  return names(value, previous);
}

/** A severity in any case, or one of the other words that an option takes. */
export function severityOr<W extends string>(...others: readonly W[]): (value: string) => Severity | W {
  const all: readonly (Severity | W)[] = [...SEVERITIES, ...others];
  return (value) => {
    const found = all.find((one) => one === value.toLowerCase());
    if (found === undefined) throw new InvalidArgumentError(`Allowed choices are ${all.join(', ')}.`);
    return found;
  };
}

/** The options that choose what is shown. */
export function addSelection(command: Command): Command {
  return command
    .addOption(new Option('--cluster <names>', 'show what bites in these clusters only: NAME or REGION/NAME').argParser(names))
    .addOption(new Option('-n, --namespace <names>', 'show what bites in these namespaces only').argParser(names))
    .addOption(new Option('--role <names>', 'show what is about these roles only').argParser(names))
    .addOption(new Option('--rule <ids>', 'show what these rules find only').argParser(ruleNames))
    .addOption(new Option('--exclude-rule <ids>', 'leave out what these rules find').argParser(ruleNames))
    .addOption(new Option('--min-severity <severity>', 'show what is at least this severe').argParser(severityOr()));
}

/** What was chosen; null where nothing was. */
export function wantedBy({ cluster, namespace, role, rule, excludeRule, minSeverity }: SelectionArguments): SelectionWanted | null {
  const wanted: SelectionWanted = {
    ...(cluster === undefined ? {} : { clusters: cluster }),
    ...(namespace === undefined ? {} : { namespaces: namespace }),
    ...(role === undefined ? {} : { roles: role }),
    ...(rule === undefined ? {} : { rules: rule }),
    ...(excludeRule === undefined ? {} : { excludedRules: excludeRule }),
    ...(minSeverity === undefined ? {} : { minSeverity }),
  };
  return Object.keys(wanted).length === 0 ? null : wanted;
}
