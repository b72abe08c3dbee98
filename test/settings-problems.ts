import { expect } from '@jest/globals';
import { parseSettings, SettingsFileError } from '../src/settings/settings-file.js';

export const RULES = ['provider-missing', 'subject-mismatch', 'provider-orphaned'];

/** What is told of settings that cannot be used, line by line. */
export function problems(text: string): readonly string[] {
  try {
    parseSettings(text, 'file', RULES);
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsFileError);
    const [first, ...rest] = (error as Error).message.split('\n');
    expect(first).toBe('file cannot be used:');
    return rest.map((line) => line.replace(/^ {2}/, ''));
  }
  throw new Error('it was taken');
}
