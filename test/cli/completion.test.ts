import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { run } from '../../cli/run.js';
import { PRINTED_FORMATS } from '../../cli/terminal/rendered.js';
import { captured } from './io-of-test.js';

async function script(shell: string): Promise<string> {
  const { io, out } = captured();
  expect(await run(['completion', shell], io)).toBe(0);
  return out();
}

/** What bash would offer. */
async function offered(...words: readonly string[]): Promise<readonly string[]> {
  const line = [`COMP_WORDS=(irsa-auditor ${words.map((word) => `'${word}'`).join(' ')})`, `COMP_CWORD=${words.length}`, '_irsa_auditor'];
  const program = `${await script('bash')}\n${line.join('\n')}\nprintf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', program], { encoding: 'utf8' }).trim().split('\n');
}

describe('completion', () => {
  it.each<[readonly string[], readonly string[]]>([
    [['au'], ['audit']],
    [['audit', '--min'], ['--min-severity']],
    [['audit', '--format', ''], PRINTED_FORMATS],
    [
      ['audit', '-o', 'js'],
      ['json', 'jsonl'],
    ],
    [['report', '-o', 'sa'], ['sarif']],
    [
      ['audit', '--color', 'a'],
      ['auto', 'always'],
    ],
    [['audit', '--fail'], ['--fail-on']],
    [['settings', 'p'], ['put']],
    [['settings', 'put', '--bu'], ['--bucket']],
    [['completion', 'z'], ['zsh']],
  ])('of %j offers %j', async (words, expected) => expect(await offered(...words)).toEqual(expected));

  it('is there for zsh and fish', async () => {
    expect(await script('zsh')).toContain('bashcompinit');
    expect(await script('fish')).toMatch(
      /^complete -c irsa-auditor -n "__fish_seen_subcommand_from settings; and __fish_seen_subcommand_from put" -l bucket -r$/m,
    );
  });

  it('offers fish the values of an option, and no files beside them', async () => {
    const lines = (await script('fish')).split('\n');
    expect(lines).toContain(
      `complete -c irsa-auditor -n "__fish_seen_subcommand_from audit" -l format -s o -x -a "${PRINTED_FORMATS.join(' ')}"`,
    );
    expect(lines).toContain('complete -c irsa-auditor -n "__fish_seen_subcommand_from audit" -l inventory -r');
    expect(lines).toContain('complete -c irsa-auditor -n "__fish_seen_subcommand_from audit" -l details');
    expect(lines).toContain('complete -c irsa-auditor -n "__fish_seen_subcommand_from completion" -f -a zsh');
  });

  it('knows no other shell', async () => {
    const { io, err } = captured();
    expect(await run(['completion', 'tcsh'], io)).toBe(2);
    expect(err()).toMatch(/bash, zsh, fish/);
  });
});
