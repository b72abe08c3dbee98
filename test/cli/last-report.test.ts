import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { lastReportPath } from '../../cli/terminal/environment.js';
import { lastReportIn, writeByRename } from '../../cli/terminal/last-report.js';

const folder = (): string => mkdtempSync(join(tmpdir(), 'last-report-'));

describe('the last report', () => {
  it('is read again, and nobody else may read it', async () => {
    const path = join(folder(), 'irsa-auditor', 'last-report.json');
    const last = lastReportIn(path);
    expect(await last.read()).toBeNull();
    expect([await last.keep('one'), await last.keep('two')]).toEqual([true, true]);
    expect(await last.read()).toBe('two');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(path, '..'))).toEqual(['last-report.json']);
  });

  it('is none where others may have written it, or it is a link', async () => {
    const at = folder();
    const open = join(at, 'open.json');
    writeFileSync(open, 'x');
    chmodSync(open, 0o644);
    symlinkSync(open, join(at, 'link.json'));
    expect([await lastReportIn(open).read(), await lastReportIn(join(at, 'link.json')).read()]).toEqual([null, null]);
  });

  it('is not kept where there is no place for it', async () => {
    const file = join(folder(), 'file');
    writeFileSync(file, '');
    expect([await lastReportIn(null).keep('x'), await lastReportIn(join(file, 'x', 'y')).keep('x')]).toEqual([false, false]);
    expect(await lastReportIn(null).read()).toBeNull();
  });

  it.each([
    [{ XDG_CACHE_HOME: '/c', HOME: '/h' }, join('/c', 'irsa-auditor', 'last-report.json')],
    [{ XDG_CACHE_HOME: 'relative', HOME: '/h' }, join('/h', '.cache', 'irsa-auditor', 'last-report.json')],
    [{}, null],
  ])('is in the cache of the user: %j', (env, path) => expect(lastReportPath(env)).toBe(path));
});

describe('a file that is written by rename', () => {
  it('is there whole, or as it was', async () => {
    const at = folder();
    const path = join(at, 'out.json');
    await writeByRename(path, 'one');
    await writeByRename(path, 'two');
    expect(readFileSync(path, 'utf8')).toBe('two');
    await expect(writeByRename(join(at, 'nowhere', 'x'), 'x')).rejects.toThrow(/ENOENT/);
    expect(readdirSync(at)).toEqual(['out.json']);
    expect(existsSync(join(at, 'nowhere'))).toBe(false);
  });
});
