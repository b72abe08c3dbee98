import type { AwsPort } from '../../src/collect/reading/ports.js';
import type { Bucket } from '../../src/deliver/bucket.js';
import { ErrorInLines } from '../../src/saved/error-in-lines.js';
import type { LastReport } from './last-report.js';
import type { Terminal } from './environment.js';

/** As whom AWS is read, where that is not as the environment says. */
export interface AwsAccess {
  /** Of the configuration of the AWS CLI. */
  readonly profile?: string;
  /** A role to assume with the credentials of the profile or the environment. */
  readonly roleArn?: string;
  readonly externalId?: string;
  readonly roleSessionName?: string;
}

/** All of the world that the command line touches, so that every command runs in a test's own process. */
export interface Outside {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly terminal: Terminal;
  /** `-` = standard input. */
  readonly readFile: (path: string) => Promise<Uint8Array>;
  /** The path of a file wherever the next command is run; `-` stays. */
  readonly absolute: (path: string) => string;
  /** The page of a rule, as Markdown. */
  readonly rulePage: (id: string) => Promise<string>;
  /** Makes a file that is not there yet. */
  readonly writeNew: (path: string, text: string) => Promise<void>;
  /** Puts a file where there may be one, whole or not at all. */
  readonly replaceFile: (path: string, text: string) => Promise<void>;
  /** The report that the last audit showed. */
  readonly lastReport: LastReport;
  /** Opens AWS; called by the commands that read an account. */
  readonly aws: (access: AwsAccess) => AwsPort | Promise<AwsPort>;
  /** Opens a bucket, in the region of the environment or the profile unless one is named. */
  readonly bucket: (name: string, region: string | undefined, access: AwsAccess) => Promise<Bucket>;
  /** The bucket that the environment names; null where it names none. */
  readonly ambientBucket: string | null;
  /** Finds the bucket of the deployed stack by CloudFormation. @throws UsageError */
  readonly stackBucket: (region: string | undefined, access: AwsAccess) => Promise<string>;
  /** Asks whoever sits there; false where nobody does. */
  readonly confirm: (question: string) => Promise<boolean>;
  /** Calls back at the first Ctrl-C, in place of ending the process; gives back what stops listening. */
  readonly onInterrupt: (listener: () => void) => () => void;
  /** Keeps the process small while more is read than is kept. */
  readonly steadyMemory: () => void;
  /** Whether kubectl started this, as a plugin of its own: then its context is meant. */
  readonly plugin: boolean;
  /** Whether npx, or the script `demo`, started this: then it may be on no PATH. */
  readonly byNpm: boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What a command gets of it (`inertIo`). */
export interface Io extends Outside {
  /** Tells a person one line: line breaks inside it, and all else that would act, are shown as escapes. */
  readonly stderr: (line: string) => void;
  /** Writes over the line on which a terminal stands. */
  readonly rewrite: (text: string) => void;
}

/** Wrong usage or unreadable input, told to the user without a stack trace; exit status 2. */
export class UsageError extends ErrorInLines {
  override readonly name = 'UsageError';
}

/** How the user calls this program, for lines to copy. */
export function programName({ plugin, byNpm }: Pick<Outside, 'plugin' | 'byNpm'>): string {
  if (plugin) return 'kubectl irsa-auditor';
  return byNpm ? 'npx irsa-auditor' : 'irsa-auditor';
}
