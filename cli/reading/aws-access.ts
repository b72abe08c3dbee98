import { InvalidArgumentError, Option, type Command } from 'commander';
import { isPlainArgument } from '../../src/model/report/command.js';
import { UsageError, type AwsAccess, type Io } from '../terminal/io.js';

/** A value of a form. @param form what is said of one that has another */
const formed =
  (pattern: RegExp, form: string) =>
  (value: string): string => {
    if (!pattern.test(value)) throw new InvalidArgumentError(form);
    return value;
  };

// The forms are those of AssumeRole: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
const roleArn = formed(/^arn:aws[a-z0-9-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/, 'write it as arn:aws:iam::111122223333:role/NAME.');
const externalId = formed(/^[\w+=,.@:/-]{2,1224}$/, 'an external ID has 2 to 1,224 letters, digits and + = , . @ : / - signs.');
const sessionName = formed(/^[\w+=,.@-]{2,64}$/, 'a session name has 2 to 64 letters, digits and + = , . @ - signs.');

const GROUP = 'AWS credentials:';

/** The options of every command that reads AWS. */
export function addAccess(command: Command): Command {
  const options = [
    new Option('--profile <name>', 'read AWS with this profile of the AWS CLI (default: AWS_PROFILE, else the environment)'),
    new Option('--role-arn <arn>', 'assume this role first, and read its account').argParser(roleArn),
    new Option('--external-id <id>', 'the external ID that its trust policy requires').argParser(externalId),
    new Option('--role-session-name <name>', 'the name that CloudTrail shows (default: irsa-auditor)').argParser(sessionName),
  ];
  for (const option of options) command.addOption(option.helpGroup(GROUP));
  return command;
}

/** What was chosen. @throws UsageError where something is for a role, and none is named */
export function accessIn({ profile, roleArn, externalId, roleSessionName }: AwsAccess): AwsAccess {
  const [idle] = Object.entries({ 'external-id': externalId, 'role-session-name': roleSessionName }).filter(
    ([, value]) => value !== undefined,
  );
  if (idle !== undefined && roleArn === undefined) throw new UsageError(`--${idle[0]} is for the role of --role-arn, which is not named.`);
  return {
    ...(profile === undefined ? {} : { profile }),
    ...(roleArn === undefined ? {} : { roleArn }),
    ...(externalId === undefined ? {} : { externalId }),
    ...(roleSessionName === undefined ? {} : { roleSessionName }),
  };
}

/** @throws UsageError where somebody is named to read with, and nothing is read */
export function refuseAccess(access: AwsAccess): void {
  const [named] = Object.keys(accessIn(access));
  if (named === undefined) return;
  throw new UsageError(
    `--${named === 'profile' ? 'profile' : 'role-arn'} chooses which account is read; a saved inventory (--inventory) was read already. Leave one of them out.`,
  );
}

/** The same options again, for a line to copy. */
export function accessWords({ profile, roleArn, externalId, roleSessionName }: AwsAccess): readonly string[] {
  const options = { 'profile': profile, 'role-arn': roleArn, 'external-id': externalId, 'role-session-name': roleSessionName };
  return Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]));
}

/** The profile that the printed commands of the AWS CLI name; undefined where they are to be run as the shell is. */
export function commandProfile({ profile, roleArn }: AwsAccess): string | undefined {
  return roleArn === undefined && profile !== undefined && isPlainArgument(profile) ? profile : undefined;
}

/**
 * Says which account the printed commands of the AWS CLI are for, where the shell that they go to may have another's credentials.
 * @param areNamed whether the commands name the profile, as those that are printed for people do
 */
export function tellAccount(access: AwsAccess, account: string, io: Io, areNamed = true): void {
  const { profile, roleArn } = access;
  if (profile === undefined && roleArn === undefined) return;
  const named = commandProfile(access);
  if (named !== undefined && areNamed) return;
  const how = named === undefined ? 'credentials of it' : `AWS_PROFILE=${named}`;
  io.stderr(`The AWS commands are for account ${account}: run them with ${how}.`);
}
