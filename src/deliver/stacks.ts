import { CloudFormationClient, type CloudFormationClientConfig, paginateDescribeStacks, type Stack } from '@aws-sdk/client-cloudformation';
import { asError, errorInWords } from '../lib/error-in-words.js';

/** A stack of CloudFormation, and the outputs that it has. */
export interface StackOutputs {
  readonly name: string;
  readonly outputs: ReadonlyMap<string, string>;
}

/** Where and as whom CloudFormation is asked. */
export type StackSource = Pick<CloudFormationClientConfig, 'region' | 'profile' | 'credentials' | 'logger'>;

/** CloudFormation did not answer, or nobody could ask; the message says why. */
export class StacksError extends Error {
  override readonly name = 'StacksError';
}

const IN_TIME = { connectionTimeout: 5_000, requestTimeout: 10_000, throwOnRequestTimeout: true };
const MAX_ATTEMPTS = 2;

const outputsOf = ({ StackName: name = '', Outputs: outputs = [] }: Stack): StackOutputs => ({
  name,
  outputs: new Map(outputs.map(({ OutputKey: key = '', OutputValue: value = '' }) => [key, value])),
});

/** The region that is asked. @throws StacksError where none is named */
export async function regionFor(source: StackSource): Promise<string> {
  try {
    return await new CloudFormationClient(source).config.region();
  } catch (error) {
    throw new StacksError(`${asError(error).message}: name it with --region, or AWS_REGION`, { cause: error });
  }
}

/**
 * The stacks of an account in one region, with their outputs. Needs `cloudformation:DescribeStacks`.
 * @param name of one stack; null = all
 * @returns none where there is none of that name
 * @throws StacksError where CloudFormation does not say
 */
export async function describeStacks(name: string | null, source: StackSource): Promise<readonly StackOutputs[]> {
  const client = new CloudFormationClient({ ...source, requestHandler: IN_TIME, maxAttempts: MAX_ATTEMPTS });
  const found: StackOutputs[] = [];
  try {
    for await (const page of paginateDescribeStacks({ client }, name === null ? {} : { StackName: name }))
      found.push(...(page.Stacks ?? []).map(outputsOf));
    return found;
  } catch (error) {
    // CloudFormation says so of a stack that is not there: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
    if (name !== null && /does not exist/.test(asError(error).message)) return [];
    throw new StacksError(errorInWords(error), { cause: error });
  } finally {
    client.destroy();
  }
}
