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

/** A statement of a patched trust policy that is not in it today, and the number of the one whose place it takes; null = it is added. */
interface FreshStatement {
  readonly statement: Json;
  readonly inPlaceOf: number | null;
}

function freshStatements({ before, after }: Patch): readonly FreshStatement[] {
  const of = (document: Json): readonly Json[] => asList(membersOf(document)['Statement'] as Json | readonly Json[] | undefined);
  const [old, fresh] = [of(before).map((one) => JSON.stringify(one)), of(after)];
  const kept = new Set(fresh.map((one) => JSON.stringify(one)));
  return fresh.flatMap((statement, index) => {
    if (old.includes(JSON.stringify(statement))) return [];
    const there = old[index];
    return [{ statement, inPlaceOf: there !== undefined && !kept.has(there) ? index + 1 : null }];
  });
}

/** The same change as what manages the object takes it, with what to do with it. */
export interface Elsewhere {
  readonly what: string;
  readonly lines: readonly string[];
}

/** How a tool has the statements of a trust policy: where, and one of them as an expression. */
const TRUST: Partial<Record<ManagingTool, readonly [string, (statement: Json) => string]>> = {
  terraform: ['in Terraform, among the Statement of jsonencode({ … }) in assume_role_policy', asHcl],
  // https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_iam.PolicyStatement.html#static-fromwbrjsonobj
  cdk: [
    'in CDK, among the statements of the assumeRolePolicy of the role',
    (one) => `iam.PolicyStatement.fromJson(${JSON.stringify(one)})`,
  ],
  cloudformation: [
    'in the template, among the Statement of its AssumeRolePolicyDocument (in CDK: iam.PolicyStatement.fromJson(…))',
    JSON.stringify,
  ],
};

/** Expressions that are longer are taken from the document. */
const LONGEST = 2000;

function ofTrust(patch: Patch, tool: ManagingTool): Elsewhere | null {
  const [where, write] = TRUST[tool] ?? [];
  const fresh = freshStatements(patch);
  const lines = write === undefined ? [] : fresh.map(({ statement }) => write(statement));
  if (where === undefined || lines.length === 0 || lines.some((line) => line.length > LONGEST)) return null;
  const replaced = fresh.flatMap(({ inPlaceOf }) => inPlaceOf ?? []);
  return { what: `${where}${replaced.length === 0 ? '' : `, in place of number ${replaced.join(', ')}`}`, lines };
}

const RESOURCE_NAME = /^[A-Za-z_][\w-]{0,62}$/;

/** A resource of Terraform, as `terraform fmt` writes it. */
function resource(type: string, name: string, members: Readonly<Record<string, Json>>): readonly string[] {
  const widest = Math.max(...Object.keys(members).map(({ length }) => length));
  const lines = Object.entries(members).map(([key, value]) => `  ${key.padEnd(widest)} = ${asHcl(value)}`);
  return [`resource "${type}" "${RESOURCE_NAME.test(name) ? name : 'this'}" {`, ...lines, '}'];
}

/** eksctl makes a provider with the default audience alone. */
const USUAL = JSON.stringify(['sts.amazonaws.com']);

function ofProvider({ before, after }: Patch, tool: ManagingTool, clusters: readonly ReportedCluster[]): Elsewhere | null {
  const { url, clientIds } = membersOf(after);
  const [address, ids] = [typeof url === 'string' ? url.replace(/^https:\/\//, '') : null, clientIds as Json];
  if (address === null || !Array.isArray(ids)) return null;
  if (before !== null) {
    if (tool === 'terraform')
      return { what: 'in Terraform, in its aws_iam_openid_connect_provider', lines: [`client_id_list = ${asHcl(ids)}`] };
    if (tool === 'cdk') return { what: 'in CDK, in its OpenIdConnectProvider', lines: [`clientIds: ${JSON.stringify(ids)}`] };
    return tool === 'cloudformation'
      ? { what: 'in the template, in its AWS::IAM::OIDCProvider', lines: [`ClientIdList: ${JSON.stringify(ids)}`] }
      : null;
  }
  const [cluster, ...others] = clusters.filter((one) => one.issuer === address);
  if (cluster === undefined || others.length > 0) return null;
  if (tool === 'terraform') {
    const members = { url: `https://${address}`, client_id_list: ids };
    return { what: 'in Terraform', lines: resource('aws_iam_openid_connect_provider', cluster.name, members) };
  }
  const isUsual = tool === 'eksctl' && JSON.stringify(ids) === USUAL && [cluster.name, cluster.region].every(isPlainArgument);
  return isUsual
    ? {
        what: 'with eksctl',
        lines: [`eksctl utils associate-iam-oidc-provider --cluster ${cluster.name} --region ${cluster.region} --approve`],
      }
    : null;
}

/** An association that is to be made. https://docs.aws.amazon.com/eks/latest/eksctl/pod-identity-associations.html */
function ofAssociation({ resource: place, region, before, after }: Patch, tool: ManagingTool): Elsewhere | null {
  const [cluster = '', namespace = '', serviceAccount = '', ...more] = place.split('/');
  const { roleArn } = membersOf(after);
  if (before !== null || more.length > 0 || typeof roleArn !== 'string') return null;
  if (tool === 'terraform') {
    const members = { cluster_name: cluster, namespace, service_account: serviceAccount, role_arn: roleArn };
    return { what: 'in Terraform', lines: resource('aws_eks_pod_identity_association', serviceAccount, members) };
  }
  const words = [cluster, region ?? '', namespace, serviceAccount, roleArn];
  if (tool !== 'eksctl' || !words.every(isPlainArgument)) return null;
  const where = `--cluster ${cluster} --region ${region ?? ''} --namespace ${namespace} --service-account-name ${serviceAccount}`;
  return { what: 'with eksctl', lines: [`eksctl create podidentityassociation ${where} --role-arn ${roleArn}`] };
}

const ANNOTATED: Partial<Record<ManagingTool, string>> = {
  helm: 'in the values or the template of the chart, under the annotations of the ServiceAccount',
  argocd: 'in Git, under the annotations of the ServiceAccount',
  flux: 'in Git, under the annotations of the ServiceAccount',
};

/** The annotations that a patch sets. A string of JSON is one of YAML. */
function ofServiceAccount({ before, after }: Patch, tool: ManagingTool): Elsewhere | null {
  const what = ANNOTATED[tool];
  const [old, fresh] = [before, after].map((one) => membersOf(membersOf(one)['annotations']));
  const set = Object.entries(fresh ?? {}).filter(([key, value]) => typeof value === 'string' && value !== old?.[key]);
  const lines = set.map(([key, value]) => `${isPlainArgument(key) ? key : JSON.stringify(key)}: ${JSON.stringify(value)}`);
  return what === undefined || lines.length === 0 ? null : { what, lines };
}

/** The same change as what manages the object takes it; null where it is not one expression. */
export function elsewhere(patch: Patch, clusters: readonly ReportedCluster[]): Elsewhere | null {
  const { kind, managedBy } = patch;
  if (managedBy === undefined) return null;
  switch (kind) {
    case 'trust-policy':
      return ofTrust(patch, managedBy.tool);
    case 'provider':
      return ofProvider(patch, managedBy.tool, clusters);
    case 'pod-identity-association':
      return ofAssociation(patch, managedBy.tool);
    case 'service-account':
      return ofServiceAccount(patch, managedBy.tool);
  }
}
