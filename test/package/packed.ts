import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** What `npm pack` makes. */
export interface Archive {
  readonly path: string;
  /** Bytes of the archive. */
  readonly size: number;
  readonly files: readonly string[];
}

/** What a program printed. */
export interface Printed {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** A folder for archives and apps. */
export class Workshop {
  constructor(
    readonly folder = mkdtempSync(join(tmpdir(), 'irsa-auditor-package-')),
    private readonly env: Readonly<Record<string, string | undefined>> = {},
  ) {}

  /** The same place for somebody whose environment has these too. */
  with(env: Readonly<Record<string, string | undefined>>): Workshop {
    return new Workshop(this.folder, env);
  }

  /** Runs a program as somebody whose home is here, without AWS credentials and without a registry. */
  run(cwd: string, program: string, ...args: readonly string[]): Printed {
    const env = { PATH: process.env['PATH'], HOME: this.folder, USERPROFILE: this.folder, AWS_EC2_METADATA_DISABLED: 'true', ...this.env };
    const { status, stdout, stderr } = spawnSync(program, args, { cwd, env, encoding: 'utf8', shell: process.platform === 'win32' });
    return { status, out: stdout, err: stderr };
  }

  private demanded(cwd: string, program: string, ...args: readonly string[]): string {
    const { status, out, err } = this.run(cwd, program, ...args);
    if (status !== 0) throw new Error(`${program} ${args.join(' ')} in ${cwd} ended with ${String(status)}:\n${err}`);
    return out;
  }

  /** Packs what is built: `npm test` has done that. */
  pack(): Archive {
    const told = this.demanded(process.cwd(), 'npm', 'pack', '--ignore-scripts', '--json', '--pack-destination', this.folder);
    const [made] = JSON.parse(told) as { filename: string; size: number; files: { path: string }[] }[];
    if (made === undefined) throw new Error('npm pack made nothing.');
    return { path: join(this.folder, made.filename), size: made.size, files: made.files.map(({ path }) => path) };
  }

  /** An app with its files and the archive installed, and beside it packages of this checkout. @returns its folder */
  app(name: string, { path }: Archive, files: Readonly<Record<string, string>>, linked: readonly string[] = []): string {
    const folder = join(this.folder, name);
    mkdirSync(folder);
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
    this.demanded(folder, 'npm', 'install', '--offline', '--no-audit', '--no-fund', '--no-save', path);
    for (const one of linked) symlinkSync(resolve('node_modules', one), join(folder, 'node_modules', one), 'junction');
    return folder;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
