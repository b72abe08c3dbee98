import { memoByText } from '../../lib/memo.js';

/**
 * Recognizing issuers by their shape. A shape is never proof: only DescribeCluster says what a cluster's issuer is.
 * DNS suffixes of each partition, standard and dual stack, from the AWS SDK's partition data.
 */
const STANDARD = ['amazonaws.com', 'amazonaws.com.cn', 'amazonaws.eu', 'c2s.ic.gov', 'sc2s.sgov.gov', 'cloud.adc-e.uk', 'csp.hci.ic.gov'];
const DUAL_STACK = [
  'api.aws',
  'api.amazonwebservices.com.cn',
  'api.amazonwebservices.eu',
  'api.aws.ic.gov',
  'api.aws.scloud',
  'api.cloud-aws.adc-e.uk',
  'api.aws.hci.ic.gov',
];
const either = (suffixes: readonly string[]): string => suffixes.map((suffix) => suffix.replace(/\./g, '\\.')).join('|');
const EKS = new RegExp(
  `^(?:oidc\\.eks\\.([a-z0-9-]+)\\.(?:${either(STANDARD)})|oidc-eks\\.([a-z0-9-]+)\\.(?:${either(DUAL_STACK)}))(?::\\d+)?/id/([^/]+)/?$`,
  'i',
);

export interface EksIssuer {
  readonly region: string;
  /** As written; all known ids are 32 upper-case hex digits. */
  readonly id: string;
}

/** An account names few issuers, in thousands of roles. */
const READ_LIMIT = 20_000;

/** Region and id of an issuer that is shaped like one of EKS; null for every other. By the issuer without `https://`. */
export const eksIssuer = memoByText((url): EksIssuer | null => {
  const found = EKS.exec(url);
  const region = found?.[1] ?? found?.[2];
  return region === undefined || found?.[3] === undefined ? null : { region: region.toLowerCase(), id: found[3] };
}, READ_LIMIT);

/** Of some regions the one that an issuer of EKS names; undefined where it names none of them. */
export function regionOfIssuer<R extends { readonly region: string }>(url: string, regions: readonly R[]): R | undefined {
  const place = eksIssuer(url)?.region;
  return regions.find(({ region }) => region === place);
}
