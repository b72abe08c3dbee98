import type { Command } from 'commander';
import { listRules } from '../../src/pipeline/pipeline.js';
import type { Io } from '../terminal/io.js';

export function addRules(program: Command, io: Io): void {
  program
    .command('rules')
    .description('list what is looked for')
    .option('--json', 'as JSON')
    .action(({ json }: { readonly json?: true }) => {
      const rules = listRules();
      if (json === true) {
        io.stdout(`${JSON.stringify(rules, null, 2)}\n`);
        return;
      }
      const width = Math.max(...rules.map(({ id }) => id.length));
      for (const { id, severity, title } of rules) io.stdout(`${id.padEnd(width)}  ${severity.padEnd(8)}  ${title}\n`);
    });
}
