import type { Command } from 'commander';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { renderOverview } from '../../src/report/screens/overview.js';
import { programName, type Io } from '../terminal/io.js';

const RULER = '─'.repeat(78);

export function addDemo(program: Command, io: Io): void {
  program
    .command('demo')
    .description('audit a sample account: no AWS account, no network')
    .action(async () => {
      const { parseInventory } = await import('../../src/saved/inventory-file.js');
      const { default: example } = await import('../../examples/account.json', { with: { type: 'json' } });
      const report = auditInventory(parseInventory(JSON.stringify(example), 'examples/account.json'));
      const { width, rows } = io.terminal;
      const source = '--inventory examples/account.json';
      const all = `${programName(io)} audit ${source} --details`;
      const show = (number: number): string => `${programName(io)} show ${number} ${source}`;
      io.stdout(renderOverview(report, { ...io.terminal, width: width ?? 100, rows, verbose: false, all, next: show }));
      io.stdout(`\n${RULER}\nThe email that a subscriber gets of this audit:\n${RULER}\n\n`);
      const { render } = await import('../../src/report/index.js');
      io.stdout(render(report, 'email', { color: false, width: null }));
    });
}
