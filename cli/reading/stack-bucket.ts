import { describeStacks, regionFor, StacksError, type StackOutputs, type StackSource } from '../../src/deliver/stacks.js';
import { messageOf } from '../../src/lib/error-in-words.js';
import { UsageError } from '../terminal/io.js';

/** The name that the app of this repository gives its stack. */
const USUAL = 'IrsaAuditor';
/** Outputs by which a stack of another name is known. */
const BUCKET = 'ReportsBucket';
const OURS = [BUCKET, 'LatestReport', 'AuditNow'];
/** What S3 takes for a name. */
const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const OR_NAME_IT = 'Name the bucket: --bucket, or IRSA_AUDITOR_BUCKET.';

const bucketOf = ({ outputs }: StackOutputs): readonly string[] => {
  const bucket = outputs.get(BUCKET) ?? '';
  return OURS.every((key) => outputs.has(key)) && BUCKET_NAME.test(bucket) ? [bucket] : [];
};

/**
 * The bucket of the deployed stack: that of the usual name, else the one whose outputs are ours.
 * @throws UsageError where there is none, there are several, or CloudFormation does not say
 */
export async function stackBucket(source: StackSource): Promise<string> {
  try {
    const region = await regionFor(source);
    const usual = (await describeStacks(USUAL, source)).flatMap(bucketOf);
    const [bucket, ...more] = usual.length > 0 ? usual : (await describeStacks(null, source)).flatMap(bucketOf);
    if (bucket === undefined)
      throw new UsageError(`No stack of irsa-auditor was found in ${region}: name its region with --region. ${OR_NAME_IT}`);
    if (more.length === 0) return bucket;
    throw new UsageError(
      `There are several stacks of irsa-auditor in ${region}, with the buckets ${[bucket, ...more].join(', ')}. ${OR_NAME_IT}`,
    );
  } catch (error) {
    if (!(error instanceof StacksError)) throw error;
    throw new UsageError(`CloudFormation does not tell the stack of irsa-auditor: ${messageOf(error)}. ${OR_NAME_IT}`, {
      cause: error,
    });
  }
}
