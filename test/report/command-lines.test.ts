import { describe, expect, it } from '@jest/globals';
import pc from 'picocolors';
import { shellCommand } from '../../src/engine/repair/shell.js';
import type { Word } from '../../src/model/report/command.js';
import { writeCommands } from '../../src/report/parts/command-lines.js';
import { TextPage } from '../../src/report/layout/terminal-layout.js';

const DOCUMENT = { Statement: [{ Sid: "it's \u2019 `$(x)` \u00ad" }] };
const WRITTEN = String.raw`{"Statement":[{"Sid":"it\u0027s \u2019 \u0060$\u0028x\u0029\u0060 \u00ad"}]}`;

function written(words: readonly Word[], shell: 'posix' | 'powershell'): string {
  const page = new TextPage(80);
  writeCommands(page, [shellCommand(words) ?? ''], pc.createColors(false), shell);
  return page.toString();
}

describe('a command with a document', () => {
  const words = ['aws', 'iam', 'update-assume-role-policy', '--role-name', 'app', '--policy-document', { document: DOCUMENT }];

  it('stands in one line for POSIX shells', () => {
    expect(written(words, 'posix')).toBe(`    $ aws iam update-assume-role-policy --role-name app --policy-document '${WRITTEN}'\n`);
  });

  it('takes it from a file in PowerShell, which loses the quotes of an argument', () => {
    // In one line, which ends where the file cannot be written: what lies there then is of another repair.
    expect(written(words, 'powershell')).toBe(
      `    PS> Set-Content -ErrorAction Stop -Encoding ascii -Path irsa-auditor.json -Value '${WRITTEN}'; ` +
        'aws iam update-assume-role-policy --role-name app --policy-document file://irsa-auditor.json\n',
    );
  });
});

describe('a command without one', () => {
  it('is the same in PowerShell', () => {
    const words = ['kubectl', 'annotate', 'serviceaccount', 'app', '--overwrite', 'eks.amazonaws.com/role-arn=arn:aws:iam::1:role/x', 'a-'];
    expect(written(words, 'powershell')).toBe(written(words, 'posix').replace('$ ', 'PS> '));
  });

  it('has no comma unquoted there, which makes a list', () => {
    expect(written(['aws', 'iam', 'get-role', '--role-name', 'a,b'], 'powershell')).toBe("    PS> aws iam get-role --role-name 'a,b'\n");
  });
});
