import type { Command } from 'commander';
import type { Admissions } from '../../src/model/report/admission.js';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import { UnknownRoleError, whoCanTakeRole, whoCanTakeRoles } from '../../src/pipeline/pipeline.js';
import { renderAdmissions, renderAdmissionsJson } from '../../src/report/screens/admissions.js';
import { addAccess } from '../reading/aws-access.js';
import { inventoryFrom, type InventorySource } from '../reading/inventory-source.js';
import { inCurrentContext } from '../reading/plugin-scope.js';
import { UsageError, type Io } from '../terminal/io.js';
import {
  contextsOption,
  formatOption,
  inventoryOption,
  kubeconfigOption,
  kubernetesOption,
  regionOption,
  timeoutOption,
} from './options.js';

interface WhoArguments extends InventorySource {
  readonly format: 'text' | 'json';
}

const INCOMPLETE = 3;

function added(command: Command): Command {
  return addAccess(command)
    .addOption(formatOption(['text', 'json']))
    .addOption(inventoryOption())
    .addOption(regionOption())
    .addOption(timeoutOption())
    .addOption(kubernetesOption())
    .addOption(contextsOption())
    .addOption(kubeconfigOption());
}

/** `who ROLE` and `roles`: who can take them, from the trust policies as they are evaluated. */
export function addWho(program: Command, io: Io, exit: (status: number) => void): void {
  const answer = async (options: WhoArguments, ask: (inventory: Inventory) => Admissions): Promise<void> => {
    const admissions = ask(await inventoryFrom(await inCurrentContext(options, io), io));
    io.stdout(
      options.format === 'json'
        ? renderAdmissionsJson(admissions)
        : renderAdmissions(admissions, { color: io.terminal.color, width: io.terminal.width }),
    );
    exit(admissions.complete ? 0 : INCOMPLETE);
  };
  added(
    program.command('who').description('who can assume a role with a web identity').argument('<role>', 'name or ARN of the role'),
  ).action((role: string, options: WhoArguments) =>
    answer(options, (inventory) => whoCanTakeRole(inventory, role)).catch((error: unknown) => {
      if (!(error instanceof UnknownRoleError)) throw error;
      if (!error.unread) throw new UsageError(error.message, { cause: error });
      io.stderr(`irsa-auditor: ${error.message}`);
      exit(INCOMPLETE);
    }),
  );
  added(program.command('roles').description('every role that trusts web identities, and who can take it')).action(
    (options: WhoArguments) => answer(options, whoCanTakeRoles),
  );
}
