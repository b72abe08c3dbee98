import { textFrom } from '../../src/saved/json-file.js';
import { messageOf } from '../../src/lib/error-in-words.js';
import { UsageError, type Io } from '../terminal/io.js';

/** The text of a file that the user named; `what` is how the message calls it. @throws UsageError */
export async function readText(what: string, path: string, io: Io): Promise<string> {
  try {
    return textFrom(await io.readFile(path));
  } catch (error) {
    throw new UsageError(`The ${what} ${path} cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
