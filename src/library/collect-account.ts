import * as z from 'zod';
import { InputError } from '../lib/input-error.js';
import { VERSION } from '../lib/version.js';
import type { Inventory } from '../model/inventory/inventory.js';
import { demand } from './demand.js';

/** Keys of AWS, as every SDK has them. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** How much of the reading is done. */
export interface CallsUnderWay {
  readonly done: number;
  /** Calls asked for so far; answers may add more. */
  readonly asked: number;
}

/** Which account is read, and how. Without any of it as every AWS tool would: credentials, region and endpoints of the environment. */
export interface CollectionOptions {
  /** Regions to read. Default: all that the account has enabled. */
  readonly regions?: readonly string[];
  /** A profile of the configuration of the AWS CLI. */
  readonly profile?: string;
  /** Credentials of your own, or what gives them. Default: those of the profile or the environment. */
  readonly credentials?: AwsKeys | (() => Promise<AwsKeys>);
  /** A role to assume first; its account is read. */
  readonly roleArn?: string;
  /** The external ID that its trust policy requires. */
  readonly externalId?: string;
  /** The name that CloudTrail shows. Default: irsa-auditor. */
  readonly roleSessionName?: string;
  /** Whether the clusters are read from inside too, over the Kubernetes API. Default: false. */
  readonly kubernetes?: boolean;
  /** Seconds after which the reading ends with what there is. Default: none. */
  readonly timeout?: number;
  /** Calls of one service and region under way at a time. Default: 10. */
  readonly concurrency?: number;
  readonly onProgress?: (progress: CallsUnderWay) => void;
}

const text = z.string().min(1);
const isFunction = z.custom((value) => typeof value === 'function', 'expected a function');
const keys = z.object({ accessKeyId: text, secretAccessKey: text, sessionToken: text.optional(), expiration: z.date().optional() });
const options = {
  regions: z.array(text).min(1, 'name one, or leave it out for all').optional(),
  profile: text.optional(),
  credentials: z.union([keys, isFunction]).optional(),
  roleArn: z
    .string()
    .regex(/^arn:aws[a-z0-9-]*:iam::\d{12}:role\//, 'write it as arn:aws:iam::111122223333:role/NAME')
    .optional(),
  externalId: text.optional(),
  roleSessionName: text.optional(),
  kubernetes: z.boolean().optional(),
  timeout: z.number().positive().optional(),
  concurrency: z.int().positive().optional(),
  onProgress: isFunction.optional(),
};
const OPTIONS = {
  schema: z.strictObject(options),
  name: 'The options object of collect',
  hint: 'docs/library.md has them.',
  known: Object.keys(options),
};

/** @throws InputError where two options exclude each other, or one is idle */
function demandTogether({ profile, credentials, roleArn, externalId, roleSessionName }: CollectionOptions): void {
  const refuse = (path: string, problem: string, hint: string): never => {
    throw new InputError(`${OPTIONS.name} cannot be used: ${path} ${problem}`, hint, [{ path, problem }]);
  };
  if (profile !== undefined && credentials !== undefined) refuse('credentials', 'is given beside profile', 'Leave one of them out.');
  if (roleArn !== undefined) return;
  if (externalId !== undefined) refuse('externalId', 'is for the role of roleArn, which is not named', 'Name the role.');
  if (roleSessionName !== undefined) refuse('roleSessionName', 'is for the role of roleArn, which is not named', 'Name the role.');
}

/**
 * Reads one account; nothing is ever changed in it. What could not be read is in the inventory as unknown, with the reason.
 * @throws InputError, NoIdentityError where nobody says which account it is, UnknownProfileError, UnknownRegionError
 */
export async function collect(given: CollectionOptions = {}): Promise<Inventory> {
  demand(given, OPTIONS);
  demandTogether(given);
  const { regions, timeout, concurrency, onProgress, kubernetes = false } = given;
  // On demand: who audits a saved inventory need not wait for the SDK.
  const { readAccount } = await import('./read-account.js');
  const startedAt = Date.now();
  return readAccount(given, VERSION, {
    regions: regions ?? 'all',
    now: Date.now,
    startedAt: new Date(startedAt).toISOString(),
    deadline: timeout === undefined ? null : startedAt + timeout * 1000,
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(onProgress === undefined ? {} : { onProgress: ({ done, asked }: CallsUnderWay) => onProgress({ done, asked }) }),
    kubernetes: kubernetes ? (await import('../collect/kubernetes/over-https.js')).overHttps : undefined,
  });
}
