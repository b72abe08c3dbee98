import { inert } from '../../lib/escape-text.js';
import { membersOf } from '../../lib/is-object.js';
import { asList } from '../../lib/one-or-list.js';
import { isPlainArgument } from '../../model/report/command.js';
import type { Patch } from '../../model/report/finding.js';
import type { Json } from '../../model/inventory/inventory.js';
import type { Manager, ManagingTool } from '../../model/inventory/manager.js';
import type { ReportedCluster } from '../../model/report/report.js';
import { asHcl, block, statementBlock } from './hcl.js';

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

/** A way in which a tool has the statements of a trust policy: where, and one of them as it is written there; null where it cannot be. */
type Written = readonly [string, (statement: Json) => readonly string[] | null];

const TRUST: Partial<Record<ManagingTool, readonly Written[]>> = {
  terraform: [
    ['in Terraform, among the Statement of jsonencode({ … }) in assume_role_policy', (one) => [asHcl(one)]],
    ['in Terraform, in a data aws_iam_policy_document', statementBlock],
  ],
  // https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_iam.PolicyStatement.html#static-fromwbrjsonobj
  cdk: [
    ['in CDK, among the statements of the assumeRolePolicy of the role', (one) => [`iam.PolicyStatement.fromJson(${JSON.stringify(one)})`]],
  ],
  cloudformation: [
    [
      'in the template, among the Statement of its AssumeRolePolicyDocument (in CDK: iam.PolicyStatement.fromJson(…))',
      (one) => [JSON.stringify(one)],
    ],
  ],
};

/** Expressions that are longer are taken from the document. */
const LONGEST = 2000;

function ofTrust(patch: Patch, tool: ManagingTool): readonly Elsewhere[] {
  const fresh = freshStatements(patch);
  const replaced = fresh.flatMap(({ inPlaceOf }) => inPlaceOf ?? []);
  const place = replaced.length === 0 ? '' : `, in place of number ${replaced.join(', ')}`;
  return (TRUST[tool] ?? []).flatMap(([where, write]) => {
    const written = fresh.map(({ statement }) => write(statement));
    const lines = written.flatMap((some) => some ?? []);
    const isWhole = lines.length > 0 && !written.includes(null) && written.every((some) => (some ?? []).join('').length <= LONGEST);
    return isWhole ? [{ what: `${where}${place}`, lines }] : [];
  });
}

const RESOURCE_NAME = /^[A-Za-z_][\w-]{0,62}$/;

/** A resource of Terraform. */
const resource = (type: string, name: string, members: Readonly<Record<string, Json>>): readonly string[] =>
  block(`resource "${type}" "${RESOURCE_NAME.test(name) ? name : 'this'}"`, members);

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

/**
 * The annotations that a patch sets. A string of JSON is one of YAML. eksctl has no command: its `create iamserviceaccount
 * --attach-role-arn` leaves out whatever it has a stack of, even with `--override-existing-serviceaccounts`, and stacks are not
 * read (`pkg/ctl/cmdutils/filter/iamserviceaccount_filter.go` of its source).
 */
function ofServiceAccount({ before, after }: Patch, tool: ManagingTool): Elsewhere | null {
  const what = ANNOTATED[tool];
  const [old, fresh] = [before, after].map((one) => membersOf(membersOf(one)['annotations']));
  const set = Object.entries(fresh ?? {}).filter(([key, value]) => typeof value === 'string' && value !== old?.[key]);
  const lines = set.map(([key, value]) => `${isPlainArgument(key) ? key : JSON.stringify(key)}: ${JSON.stringify(value)}`);
  return what === undefined || lines.length === 0 ? null : { what, lines };
}

/** The same change as what manages the object takes it, in each way that it has; none where it is not one expression. */
export function elsewhere(patch: Patch, clusters: readonly ReportedCluster[]): readonly Elsewhere[] {
  const { kind, managedBy } = patch;
  if (managedBy === undefined) return [];
  const { tool } = managedBy;
  if (kind === 'trust-policy') return ofTrust(patch, tool);
  const ways = {
    'provider': () => ofProvider(patch, tool, clusters),
    'pod-identity-association': () => ofAssociation(patch, tool),
    'service-account': () => ofServiceAccount(patch, tool),
  };
  const found = ways[kind]();
  return found === null ? [] : [found];
}
