import { homeRegion } from '../../model/inventory/partitions.js';

/** The partitions of which it is known that they take such requests: for IAM, which is global, in their home region. */
const ASKED: readonly string[] = ['aws', 'aws-us-gov', 'aws-cn'];

/** The command that asks for a higher quota of IAM; none for a partition of which it is not known where to ask. */
export function quotaRequest(partition: string, code: string, value: number): readonly (readonly string[])[] {
  const region = ASKED.includes(partition) ? homeRegion(partition) : null;
  if (region === null) return [];
  return [
    [
      ...['aws', 'service-quotas', 'request-service-quota-increase', '--service-code', 'iam'],
      ...['--quota-code', code, '--desired-value', String(value), '--region', region],
    ],
  ];
}
