import { withDefaults, type Settings, type SettingsFile } from '../../src/model/report/settings.js';
import { listRules } from '../../src/pipeline/pipeline.js';
import type { ParsedSettings } from '../../src/settings/settings-file.js';
import type { Io } from '../terminal/io.js';
import { readText } from './read-text.js';

/** Reads a file of settings. What reads YAML is loaded only now: most commands need none. */
export async function readSettings(path: string, io: Io): Promise<ParsedSettings & { readonly text: string }> {
  const text = await readText('file of settings', path, io);
  const { parseSettings } = await import('../../src/settings/settings-file.js');
  const rules = listRules().map(({ id }) => id);
  return { text, ...parseSettings(text, path, rules) };
}

/** The settings of a command: those of a file where one is named, and over them what the command line says. */
export async function settingsFrom(path: string | undefined, over: SettingsFile, io: Io): Promise<Settings> {
  if (path === undefined) return withDefaults(over);
  const { settings, warnings } = await readSettings(path, io);
  for (const warning of warnings) io.stderr(`irsa-auditor: ${path}: ${warning}\n`);
  return withDefaults(settings, over);
}
