import { inert } from '../lib/inert.js';
import { membersOf } from '../lib/is-object.js';
import { asList } from '../lib/one-or-list.js';
import { isPlainArgument } from '../model/command.js';
import type { Patch } from '../model/finding.js';
import type { Json } from '../model/inventory.js';
import type { Manager, ManagingTool } from '../model/manager.js';
import type { ReportedCluster } from '../model/report.js';

/** By whom an object is managed, and what has to be changed there. Names come from tags and labels, and leave here inert. */
const MANAGED: Readonly<Record<ManagingTool, (name: string) => string>> = {
  cloudformation: (name) => `CloudFormation${name === '' ? '' : ` (stack${name})`}`,
  terraform: () => 'Terraform',
  cdk: () => 'CDK',
  eksctl: (name) => `eksctl${name === '' ? '' : ` (for${name})`}`,
  helm: (name) => `Helm${name === '' ? '' : ` (release${name})`}`,
  argocd: (name) => `Argo CD${name === '' ? '' : ` (application${name})`}`,
  flux: (name) => `Flux${name === '' ? '' : ` (object${name})`}`,
};
const LONGEST_NAME = 60;

/** `Terraform`, `CloudFormation (stack shop)`. */
export function managerInWords({ tool, name }: Manager): string {
  const short = name !== null && name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name;
  return inert(MANAGED[tool](short === null || short === '' ? '' : ` ${short}`));
}

/** In a string of HCL these stand for themselves; all else is an escape, `$` and `%` too, which begin a template. */
const ACTS_IN_HCL = /[^A-Za-z0-9 _.:/@,=+*?()[\]{}<>;~^&|!#'-]/gu;

/** A JSON value as one expression of HCL, on one line. */
export function asHcl(value: Json): string {
  if (typeof value === 'string') {
    const code = (char: string): string => {
      const point = char.codePointAt(0) ?? 0;
      return point > 0xffff ? `\\U${point.toString(16).padStart(8, '0')}` : `\\u${point.toString(16).padStart(4, '0')}`;
    };
    return `"${value.replace(ACTS_IN_HCL, code)}"`;
  }
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(asHcl).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, member]) => `${asHcl(key)} = ${asHcl(member)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

/** The statements of a patched trust policy that are not in it today. */
function freshStatements({ before, after }: Patch): readonly Json[] {
  const of = (document: Json): readonly Json[] => asList(membersOf(document)['Statement'] as Json | readonly Json[] | undefined);
  const old = new Set(of(before).map((one) => JSON.stringify(one)));
  return of(after).filter((one) => !old.has(JSON.stringify(one)));
}

/** Expressions that are longer are taken from the document. */
const LONGEST = 2000;

/** The same change as what manages the object takes it, with what to do with it; null where it is not one expression. */
export function elsewhere(
  patch: Patch,
  clusters: readonly ReportedCluster[],
): { readonly what: string; readonly lines: readonly string[] } | null {
  const { kind, managedBy, after, before } = patch;
  if (managedBy === undefined) return null;
  if (kind === 'trust-policy' && managedBy.tool === 'terraform') {
    const lines = freshStatements(patch).map(asHcl);
    const fits = lines.length > 0 && lines.every((line) => line.length <= LONGEST);
    return fits ? { what: 'in Terraform, among the Statement of jsonencode({ … }) in assume_role_policy', lines } : null;
  }
  if (kind !== 'provider' || managedBy.tool !== 'eksctl' || before !== null) return null;
  // eksctl makes it with the default audience alone.
  const { url, clientIds } = membersOf(after);
  const issuer = typeof url === 'string' ? url.replace(/^https:\/\//, '') : '';
  const [cluster, ...others] = clusters.filter((one) => one.issuer === issuer);
  const isUsual = JSON.stringify(clientIds) === JSON.stringify(['sts.amazonaws.com']);
  if (cluster === undefined || others.length > 0 || !isUsual || ![cluster.name, cluster.region].every(isPlainArgument)) return null;
  return {
    what: 'with eksctl',
    lines: [`eksctl utils associate-iam-oidc-provider --cluster ${cluster.name} --region ${cluster.region} --approve`],
  };
}
