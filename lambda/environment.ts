import { DOCS_ADDRESS } from '../src/lib/docs-address.js';
import { messageOf } from '../src/lib/error-in-words.js';
import { isObject } from '../src/lib/is-object.js';
import { SEVERITIES } from '../src/model/report/finding.js';
import type { AcceptUnread } from '../src/model/report/report.js';
import type { SettingsFile } from '../src/model/report/settings.js';
import { ENVIRONMENT } from './names.js';

/** What the deployment says. */
export interface Deployed {
  readonly topicArn: string;
  readonly bucket: string;
  /** The region of the function and of its bucket; null = Lambda did not say. */
  readonly region: string | null;
  /** Settings in the bucket win over these. */
  readonly settings: SettingsFile;
  /** Whether to scan inside the clusters too: the stack decides that, since it needs access that the stack makes. */
  readonly kubernetes: boolean;
  /** Where the whole report of this run is written to as well. */
  readonly logGroup: string;
}

/** A variable of the function's environment that cannot be used; the message names it. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

function isAcceptUnread(value: unknown): value is AcceptUnread {
  return isObject(value) && typeof value['scope'] === 'string' && typeof value['reason'] === 'string';
}

function parseAcceptUnread(text: string): readonly AcceptUnread[] {
  const wrong = `${ENVIRONMENT.acceptUnread} must be a JSON list of { "scope": "…", "reason": "…" }`;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new SettingsError(`${wrong}: ${messageOf(error)}`, { cause: error });
  }
  if (!Array.isArray(value) || !value.every(isAcceptUnread)) throw new SettingsError(wrong);
  return value;
}

function parseFlag(name: string, text: string): boolean {
  if (text !== 'true' && text !== 'false') throw new SettingsError(`${name} must be true or false; it is ${JSON.stringify(text)}`);
  return text === 'true';
}

/** Reads the function's environment. @throws SettingsError naming the variable that is missing or wrong */
export function deployedFrom(env: Readonly<Record<string, string | undefined>> = process.env): Deployed {
  const topicArn = env[ENVIRONMENT.topicArn] ?? '';
  if (!/^arn:[^:]+:sns:[^:]+:\d{12}:.+$/.test(topicArn))
    throw new SettingsError(`${ENVIRONMENT.topicArn} must be the ARN of an SNS topic; it is ${JSON.stringify(topicArn)}`);
  const bucket = env[ENVIRONMENT.bucket] ?? '';
  if (bucket === '') throw new SettingsError(`${ENVIRONMENT.bucket} must be the name of the bucket for memory and reports; it is empty`);
  const regions = (env[ENVIRONMENT.regions] ?? '')
    .split(',')
    .map((region) => region.trim())
    .filter((region) => region !== '');
  const docsBaseUrl = env[ENVIRONMENT.docsBaseUrl] ?? '';
  if (docsBaseUrl !== '' && !DOCS_ADDRESS.test(docsBaseUrl))
    throw new SettingsError(
      `${ENVIRONMENT.docsBaseUrl} must be an https address without a slash at its end; it is ${JSON.stringify(docsBaseUrl)}`,
    );
  const notifyAt = env[ENVIRONMENT.notifyAt] ?? 'low';
  const known = SEVERITIES.find((severity) => severity === notifyAt);
  if (known === undefined)
    throw new SettingsError(`${ENVIRONMENT.notifyAt} must be one of ${SEVERITIES.join(', ')}; it is ${JSON.stringify(notifyAt)}`);
  return {
    topicArn,
    bucket,
    region: env['AWS_REGION'] ?? null,
    settings: {
      regions: regions.length === 0 ? 'all' : regions,
      notifyAt: known,
      notifyWhenClean: parseFlag(ENVIRONMENT.notifyWhenClean, env[ENVIRONMENT.notifyWhenClean] ?? 'false'),
      ...(docsBaseUrl === '' ? {} : { docsBaseUrl }),
      acceptUnread: parseAcceptUnread(env[ENVIRONMENT.acceptUnread] ?? '[]'),
    },
    kubernetes: parseFlag(ENVIRONMENT.kubernetes, env[ENVIRONMENT.kubernetes] ?? 'false'),
    logGroup: env['AWS_LAMBDA_LOG_GROUP_NAME'] ?? 'the log of the function',
  };
}
