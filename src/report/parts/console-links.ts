import type { Subject } from '../../model/report/finding.js';
import type { Report } from '../../model/report/report.js';

/** Addresses of the AWS console, as the console itself has them (seen 2026). A name in them can end nothing: it is percent-encoded. */

/** Hosts of the console by partition; one that is not here gets no address. */
const HOSTS: Readonly<Record<string, string>> = {
  'aws': 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

const LONGEST = 250;
const REGION = /^[a-z0-9-]{3,30}$/;

/** encodeURIComponent fails on halves of surrogate pairs, which no resource of AWS is called by. */
const encoded = (text: string): string => encodeURIComponent(text.replace(/\p{Cs}/gu, '?'));

const checked = (address: string): string | null => (address.length <= LONGEST ? address : null);

function ofRegion(partition: string, region: string, path: string): string | null {
  const host = HOSTS[partition];
  return host === undefined || !REGION.test(region) ? null : checked(`https://${partition === 'aws' ? `${region}.` : ''}${host}/${path}`);
}

function ofIam(partition: string, path: string): string | null {
  const host = HOSTS[partition];
  return host === undefined ? null : checked(`https://${host}/iam/home#/${path}`);
}

/** Where the console shows what a finding is about; null where no page is known, or the address would be too long to open. */
export function consoleLink({ type, id, arn, region }: Subject, { partition }: Pick<Report, 'partition'>): string | null {
  if (type === 'role') return ofIam(partition, `roles/details/${encoded(id.slice(id.lastIndexOf('/') + 1))}?section=trust_relationships`);
  if (type === 'provider') return ofIam(partition, `identity_providers/details/OPENID/${encoded(arn ?? id)}`);
  if (type === 'account' || region === null) return null;
  return ofRegion(partition, region, `eks/home?region=${region}#/clusters/${encoded(id.split('/')[0] ?? '')}`);
}

/** Where the console shows an object of S3: it asks for a login, where a presigned address would open it to any reader. */
export function objectLink(
  partition: string,
  { bucket, key, region }: { readonly bucket: string; readonly key: string; readonly region: string },
): string | null {
  return ofRegion(partition, region, `s3/object/${encoded(bucket)}?region=${region}&prefix=${encoded(key)}`);
}
