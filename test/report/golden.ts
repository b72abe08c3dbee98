import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from '@jest/globals';

const FOLDER = join('test', 'report', 'golden');

/** Compares a text with the file of this name; `UPDATE_GOLDEN=1` writes it, to be read in the diff. */
export function expectGolden(name: string, text: string): void {
  const path = join(FOLDER, name);
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  expect({ name, text: existsSync(path) ? readFileSync(path, 'utf8') : null }).toEqual({ name, text });
}
