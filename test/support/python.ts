import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

/** The Python that global-setup.ts found or made: the machine's where it has moto, else that of .venv. */
export function pythonWithMoto(): string {
  const look = ['-c', 'import moto, flask, boto3, cfnlint'];
  const found = ['python3', 'python', resolve('.venv/bin/python')].find((python) => spawnSync(python, look).status === 0);
  if (found === undefined) throw new Error('No Python has moto and cfn-lint: test/support/global-setup.ts installs them into .venv.');
  return found;
}
