/** Where each partition answers for the quotas of IAM, which is global there. */
const HOMES: Readonly<Record<string, string>> = { 'aws': 'us-east-1', 'aws-us-gov': 'us-gov-west-1', 'aws-cn': 'cn-northwest-1' };

/** The command that asks for a higher quota of IAM; none for a partition of which it is not known where to ask. */
export function quotaRequest(partition: string, code: string, value: number): readonly (readonly string[])[] {
  const region = HOMES[partition];
  if (region === undefined) return [];
  return [
    [
      ...['aws', 'service-quotas', 'request-service-quota-increase', '--service-code', 'iam'],
      ...['--quota-code', code, '--desired-value', String(value), '--region', region],
    ],
  ];
}
