/**
 * Partitions, their home regions (where IAM and the account service live) and the regions of EKS in them, tried where
 * account:ListRegions is refused. From the endpoint data of the AWS SDKs (botocore 1.43, partitions and `eks`).
 */
const PARTITIONS: Readonly<Record<string, { readonly home: string; readonly regions: string }>> = {
  'aws': {
    home: 'us-east-1',
    regions:
      'af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ' +
      'ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1 eu-central-1 eu-central-2 ' +
      'eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1 me-south-1 mx-central-1 sa-east-1 ' +
      'us-east-1 us-east-2 us-west-1 us-west-2',
  },
  'aws-cn': { home: 'cn-northwest-1', regions: 'cn-north-1 cn-northwest-1' },
  'aws-us-gov': { home: 'us-gov-west-1', regions: 'us-gov-east-1 us-gov-west-1' },
  'aws-eusc': { home: 'eusc-de-east-1', regions: 'eusc-de-east-1' },
  'aws-iso': { home: 'us-iso-east-1', regions: 'us-iso-east-1 us-iso-west-1' },
  'aws-iso-b': { home: 'us-isob-east-1', regions: 'us-isob-east-1 us-isob-west-1' },
  'aws-iso-e': { home: 'eu-isoe-west-1', regions: 'eu-isoe-west-1' },
  'aws-iso-f': { home: 'us-isof-south-1', regions: 'us-isof-east-1 us-isof-south-1' },
};

/** Where the partition's global services are asked; null in a partition that this version does not know. */
export function homeRegion(partition: string): string | null {
  return PARTITIONS[partition]?.home ?? null;
}

/** The regions of the partition that this version knows, sorted. */
export function knownRegions(partition: string): readonly string[] {
  return PARTITIONS[partition]?.regions.split(' ') ?? [];
}

/** The regions of every partition that this version knows. */
export const ALL_REGIONS: readonly string[] = Object.keys(PARTITIONS).flatMap(knownRegions);
