import { STSClient, type STSClientConfig } from '@aws-sdk/client-sts';
import { SignatureV4 } from '@smithy/signature-v4';
import { asError, errorInWords } from '../lib/error-in-words.js';

/** A stack of CloudFormation, and the outputs that it has. */
export interface StackOutputs {
  readonly name: string;
  readonly outputs: ReadonlyMap<string, string>;
}

/** Where and as whom CloudFormation is asked. */
export interface StackSource extends Pick<STSClientConfig, 'region' | 'profile' | 'credentials' | 'logger'> {
  /** In place of CloudFormation's own address. */
  readonly endpoint?: string;
}

/** CloudFormation did not answer, or nobody could ask; the message says why. */
export class StacksError extends Error {
  override readonly name = 'StacksError';
}

const VERSION = '2010-05-15';
const TIMEOUT_MS = 10_000;
/** An account has at most 2,000 stacks a region, and a page some hundred: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const MOST_PAGES = 50;

/** What is between a tag that holds no other; null where it is not there. */
const textIn = (xml: string, tag: string): string | null => new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(xml)?.[1] ?? null;

/** The members of a list, those inside others not among them. */
function membersIn(xml: string): readonly string[] {
  const members: string[] = [];
  let [depth, start] = [0, 0];
  for (const { 0: tag, index } of xml.matchAll(/<\/?member>/g)) {
    if (tag === '<member>' && depth++ === 0) start = index + tag.length;
    if (tag === '</member>' && --depth === 0) members.push(xml.slice(start, index));
  }
  return members;
}

/** The list of a name. */
const listIn = (xml: string, tag: string): readonly string[] => membersIn(new RegExp(`<${tag}>([^]*)</${tag}>`).exec(xml)?.[1] ?? '');

/** As XML writes the few signs that it cannot hold. */
const SIGNS: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&apos;': "'", '&amp;': '&' };
const plain = (text: string): string => text.replace(/&(?:lt|gt|quot|apos|amp);/g, (sign) => SIGNS[sign] ?? sign);

function stackIn(xml: string): readonly StackOutputs[] {
  const outputs = listIn(xml, 'Outputs').map(
    (one) => [plain(textIn(one, 'OutputKey') ?? ''), plain(textIn(one, 'OutputValue') ?? '')] as const,
  );
  // Outputs may hold names of stacks in their values, and no tags.
  const name = textIn(xml, 'StackName');
  return name === null ? [] : [{ name, outputs: new Map(outputs) }];
}

/** The region that is asked. @throws StacksError where none is named */
export async function regionFor(source: StackSource): Promise<string> {
  try {
    return await new STSClient(source).config.region();
  } catch (error) {
    throw new StacksError(`${asError(error).message}: name it with --region, or AWS_REGION`, { cause: error });
  }
}

/**
 * One signed call of CloudFormation. One operation is no reason for another client of the SDK: who signs, where and for which
 * partition is taken from that of STS, whose protocol it speaks.
 */
async function call(from: StackSource, query: Readonly<Record<string, string>>): Promise<string> {
  const { endpoint, ...source } = from;
  const region = await regionFor(source);
  const { config } = new STSClient(source);
  const sts = config.endpointProvider({ Region: region }).url;
  const url = endpoint === undefined ? new URL(`${sts.protocol}//${sts.hostname.replace(/^sts\b/, 'cloudformation')}/`) : new URL(endpoint);
  const body = new URLSearchParams({ ...query, Version: VERSION }).toString();
  const signer = new SignatureV4({ credentials: config.credentials, region, service: 'cloudformation', sha256: config.sha256 });
  const request = {
    method: 'POST',
    protocol: url.protocol,
    hostname: url.hostname,
    path: '/',
    headers: { 'host': url.host, 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body,
  };
  const signed = await signer.sign(request).catch((error: unknown) => {
    throw asError(error).name === 'CredentialsProviderError' ? new StacksError(errorInWords(error), { cause: error }) : error;
  });
  // The host is signed too, and fetch sends it by itself.
  const headers = Object.entries(signed.headers).filter(([name]) => name !== 'host');
  const answer = await fetch(new URL('/', url), { method: 'POST', headers, body, signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(
    (error: unknown) => {
      throw new StacksError(`${url.host}: ${errorInWords(asError(error).cause ?? error)}`, { cause: error });
    },
  );
  const text = await answer.text();
  if (answer.ok) return text;
  throw new StacksError(`${textIn(text, 'Code') ?? `HTTP ${answer.status}`}: ${plain(textIn(text, 'Message') ?? url.host)}`);
}

/**
 * The stacks of an account in one region, with their outputs. Needs `cloudformation:DescribeStacks`.
 * @param name of one stack; null = all
 * @returns none where there is none of that name
 * @throws StacksError where CloudFormation refuses, and what the SDK says of credentials
 */
export async function describeStacks(name: string | null, source: StackSource): Promise<readonly StackOutputs[]> {
  const found: StackOutputs[] = [];
  let token: string | null = null;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const query = {
      Action: 'DescribeStacks',
      ...(name === null ? {} : { StackName: name }),
      ...(token === null ? {} : { NextToken: token }),
    };
    try {
      const answer: string = await call(source, query);
      found.push(...listIn(answer, 'Stacks').flatMap(stackIn));
      token = textIn(answer, 'NextToken');
    } catch (error) {
      // CloudFormation says so of a stack that is not there: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
      if (name !== null && error instanceof StacksError && /^ValidationError: .*does not exist/.test(error.message)) return [];
      throw error;
    }
    if (token === null) break;
  }
  return found;
}
