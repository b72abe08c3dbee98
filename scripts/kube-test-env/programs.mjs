import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What the tests of the inside of a cluster run: each program and the Go package it is built from. */
export const PROGRAMS = {
  'etcd': 'go.etcd.io/etcd/server/v3',
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
  'pod-identity-webhook': 'github.com/aws/amazon-eks-pod-identity-webhook',
};

export const SOURCES = fileURLToPath(new URL('.', import.meta.url));

/** The folder of the built programs under .cache/kube. It is named after their sources: other sources never find old programs. */
export function programsFolder() {
  const key = createHash('sha256').update(`${process.platform} ${process.arch}`);
  for (const file of ['go.mod', 'go.sum']) key.update(readFileSync(join(SOURCES, file)));
  return fileURLToPath(new URL(`../../.cache/kube/${key.digest('hex').slice(0, 16)}`, import.meta.url));
}

export const areBuilt = (folder) => Object.keys(PROGRAMS).every((name) => existsSync(join(folder, name)));
