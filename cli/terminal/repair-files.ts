import { join } from 'node:path';
import { messageOf } from '../../src/lib/error-in-words.js';
import { commandIn, isPlainPath } from '../../src/model/report/command.js';
import type { Finding, Patch } from '../../src/model/report/finding.js';
import type { Written } from '../../src/report/repair/fix-lines.js';
import { UsageError, type Io } from './io.js';

/** A name that is a file's everywhere, and a word of every shell. */
const PLAIN_NAME = /^[A-Za-z0-9_][\w.-]{0,100}$/;

const roleOf = ({ resource }: Patch): string => resource.slice(resource.lastIndexOf('/') + 1);

/** A document before and after, in two files beside each other. */
interface Pair {
  readonly patch: Patch;
  readonly before: string;
  readonly after: string;
}

async function write(path: string, document: unknown, io: Io): Promise<void> {
  try {
    await io.writeNew(path, `${JSON.stringify(document, null, 2)}\n`);
  } catch (error) {
    throw new UsageError(`${path} cannot be written: ${messageOf(error)}. Name another folder with --write.`, { cause: error });
  }
}

async function pairOf(patch: Patch, folder: string, fingerprint: string, io: Io): Promise<Pair> {
  const role = roleOf(patch);
  const stem = join(folder, PLAIN_NAME.test(role) ? role : fingerprint.slice(0, 12));
  const pair = { patch, before: `${stem}.before.json`, after: `${stem}.after.json` };
  await write(pair.before, patch.before, io);
  await write(pair.after, patch.after, io);
  return pair;
}

/** Where documents go, and the profile that the commands name. */
export interface RepairFiles {
  readonly folder: string;
  readonly profile: string | undefined;
}

/**
 * Writes the trust policies of a repair, as they are and as they are to be, and the commands that take them.
 * Where the audit printed no command, none is made here: the documents are for whoever decides.
 * @throws UsageError where a file cannot be written, or is there already
 */
export async function writeRepair({ fix, fingerprint }: Finding, { folder, profile }: RepairFiles, io: Io): Promise<Written> {
  const patches = (fix?.patches ?? []).filter(({ kind }) => kind === 'trust-policy');
  if (fix === null || patches.length === 0)
    throw new UsageError('Nothing to write: its fix changes no trust policy. The commands are all there is.');
  const pairs: Pair[] = [];
  for (const patch of patches) pairs.push(await pairOf(patch, folder, fingerprint, io));
  io.stderr(`Wrote ${pairs.flatMap(({ after, before }) => [after, before]).join(', ')}.`);
  const command = (role: string, path: string): string =>
    commandIn(profile, `aws iam update-assume-role-policy --role-name ${role} --policy-document file://${path}`);
  const byFile = (text: string): string => {
    const pair = pairs.find(({ patch }) =>
      text.startsWith(`aws iam update-assume-role-policy --role-name ${roleOf(patch)} --policy-document '`),
    );
    return pair !== undefined && isPlainPath(pair.after) ? command(roleOf(pair.patch), pair.after) : text;
  };
  const commands = fix.commands.map(byFile);
  const back =
    commands.length === 0
      ? []
      : pairs.filter(({ before }) => isPlainPath(before)).map(({ patch, before }) => command(roleOf(patch), before));
  return { commands, back };
}
