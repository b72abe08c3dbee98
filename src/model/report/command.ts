import type { Json } from '../inventory/inventory.js';

/** A word of a command: as it is, or a JSON document for an option that takes one. */
export type Word = string | { readonly document: Json };

/**
 * What every shell takes as it is, wherever in a line: no blank, no quote, nothing that a shell acts on. A comma is among it,
 * though PowerShell makes a list of it; what prints for PowerShell quotes that. At the beginning `=` and `~` act in zsh, `@` in
 * PowerShell, and `-` makes an option.
 */
const PLAIN = /^[A-Za-z0-9_.][A-Za-z0-9_.:/@+=,-]*$/;

/** The AWS CLI takes the text of a file, and its version 1 that of a page, for what begins like this. */
const FETCHED = /^(?:fileb?|https?):\/\//i;

/** Whether a value can be in a command for any shell as it is, and means itself to the program that gets it. */
export function isPlainArgument(value: string): boolean {
  return PLAIN.test(value) && !FETCHED.test(value);
}

/** The same of the path of a file, which begins with a slash where it goes from the root on. */
export function isPlainPath(path: string): boolean {
  return isPlainArgument(path.replace(/^\/(?!\/)/, ''));
}

/** Kinds whose pods kubectl makes again. */
const RESTARTED: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

export const isRestartable = (kind: string): boolean => RESTARTED.has(kind);

/** The command that makes the pods of what owns them again. @param context of the kubeconfig */
export const rolloutRestart = (
  { kind, name }: { readonly kind: string; readonly name: string },
  { context, namespace }: { readonly context: string; readonly namespace: string },
): readonly string[] => ['kubectl', 'rollout', 'restart', `${kind.toLowerCase()}/${name}`, '--context', context, '--namespace', namespace];

/** Programs that take their credentials from a profile of the AWS CLI, and call the option by this name. */
const OF_AWS = /^(?:aws|eksctl) /;

/** A command of AWS with the profile by which its account was read: the shell that it goes to may have another's credentials. */
export function commandIn(profile: string | undefined, command: string): string {
  return profile !== undefined && isPlainArgument(profile) && OF_AWS.test(command) ? `${command} --profile ${profile}` : command;
}
