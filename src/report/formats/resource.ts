import { inert } from '../../lib/escape-text.js';
import type { Subject, SubjectType } from '../../model/report/finding.js';

/** A part of a path, as RFC 3986 has it; one that would lead elsewhere, or is empty, gets a mark before it. */
function segment(text: string): string {
  const encoded = encodeURIComponent(inert(text)).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  return /^\.*$/.test(encoded) ? `_${encoded}` : encoded;
}

/**
 * Where a resource is, as the path of a file that is not there: `aws/111122223333/eu-west-1/cluster/prod`. It rests on the resource
 * alone, so that it stays the same from run to run.
 */
export function resourcePath(account: string, { type, id, region }: Subject): string {
  const own = id.replace(/^arn:[^:]*:iam::\d*:(?:role|oidc-provider)\//, '');
  return ['aws', account, region ?? 'global', type, ...own.split('/')].map(segment).join('/');
}

/** A name for a resource among all those of an account, where it has no ARN. */
export function resourceId(account: string, { type, id, arn, region }: Subject): string {
  return arn ?? `irsa-auditor:${account}:${region ?? 'global'}:${type}/${id}`;
}

/** How AWS's CloudFormation calls the type of a resource; of what is inside a cluster, as Kubernetes does. */
export const RESOURCE_TYPES: Readonly<Record<SubjectType, string>> = {
  'account': 'AWS::::Account',
  'cluster': 'AWS::EKS::Cluster',
  'provider': 'AWS::IAM::OIDCProvider',
  'role': 'AWS::IAM::Role',
  'association': 'AWS::EKS::PodIdentityAssociation',
  'service-account': 'Kubernetes ServiceAccount',
  'pod': 'Kubernetes Pod',
};
