import { InvalidArgumentError, Option } from 'commander';

/** `--region R`, as often as wanted. */
export function regionOption(): Option {
  return new Option('--region <region>', 'read this region only; may be given more than once (default: every enabled region)').argParser(
    (value: string, previous: readonly string[] | undefined) => {
      if (!/^[a-z]{2,}(-[a-z]+)+-\d+$/.test(value)) throw new InvalidArgumentError('a region looks like eu-west-1.');
      return [...(previous ?? []), value];
    },
  );
}

/** `--timeout SECONDS`: the reading ends with what it has. */
export function timeoutOption(): Option {
  return new Option('--timeout <seconds>', 'end the reading after this time with what there is').argParser((value: string) => {
    const seconds = Number(value);
    if (!Number.isFinite(seconds) || seconds <= 0) throw new InvalidArgumentError('give a number of seconds above 0.');
    return seconds;
  });
}

/** `--inventory FILE`: what `collect` printed, instead of the account. */
export function inventoryOption(): Option {
  return new Option('--inventory <file>', 'take this saved inventory instead of reading the account');
}
