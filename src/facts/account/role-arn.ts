/** The ARN of a role, taken apart. */
export interface RoleArn {
  readonly partition: string;
  readonly account: string;
  /** Path and name, such as `team/app`. */
  readonly resource: string;
  readonly name: string;
}

/** What the webhook checks an annotation against (and only logs), made to end in a name. */
const ROLE_ARN = /^arn:(aws[a-z0-9-]*):iam::(\d{12}):role\/((?:[\w+=,.@-]+\/)*([\w+=,.@-]+))$/;
const OTHER_ARN = /^arn:aws[a-z0-9-]*:(iam|sts)::\d*:([a-z-]+)\//;
const ROLE_NAME = /^[\w+=,.@-]{1,64}$/;
/** IAM has no longer ARNs; an annotation may hold a quarter of a megabyte. */
const LONGEST = 2048;

/** The parts of a role's ARN; null where the text is none. */
export function parseRoleArn(value: string): RoleArn | null {
  const found = ROLE_ARN.exec(value);
  return found === null ? null : { partition: found[1] ?? '', account: found[2] ?? '', resource: found[3] ?? '', name: found[4] ?? '' };
}

/** Why a text is no ARN of a role, for one that `parseRoleArn` does not take. */
export function roleArnProblem(value: string): string {
  if (value === '') return 'it is empty';
  if (/[\s\u00a0]/.test(value)) return 'it holds a blank or a line break';
  if (/["'`]/.test(value)) return 'it holds quotes';
  if (value.includes('\\')) return 'it holds a backslash';
  if (/[$<>{}]/.test(value)) return 'it holds text of a template that nobody replaced';
  if (/arn:.*arn:/.test(value)) return 'it holds the beginning of an ARN twice';
  const other = OTHER_ARN.exec(value);
  if (other !== null && other[2] !== 'role') return `it is the ARN of something else (${other[2] ?? ''}), not of a role`;
  if (ROLE_NAME.test(value)) return 'it is a name, not an ARN';
  if (/^arn:aws[a-z0-9-]*:iam::/.test(value) && !/^arn:[^:]*:iam::\d{12}:/.test(value)) return 'its account is not twelve digits';
  return 'it is not arn:<partition>:iam::<account>:role/<path and name>';
}

/** The ARN or name of a role that a malformed text was meant to be; null where nothing of the kind is in it. */
export function roleMeantBy(value: string): { readonly arn: string | null; readonly name: string } | null {
  if (value.length > LONGEST) return null;
  const text = value.replace(/[\s\u00a0\u200b\ufeff\\"'`]/g, '').replace(/\/+$/, '');
  const arn = text.slice(Math.max(0, text.lastIndexOf('arn:')));
  const parsed = parseRoleArn(arn);
  if (parsed !== null) return { arn, name: parsed.name };
  const name = text.slice(text.lastIndexOf('/') + 1);
  return ROLE_NAME.test(name) ? { arn: null, name } : null;
}

/** Whether an ARN is plainly that of a role in another account. */
export function isForeignRole(arn: string, account: string): boolean {
  const parsed = parseRoleArn(arn);
  return parsed !== null && parsed.account !== account;
}
