import { isObject, membersOf, type Members } from '../lib/is-object.js';
import { isList } from '../lib/one-or-list.js';

/** Longer ones are logs: what is asked about is at their beginning. */
const LONGEST = 65_536;

/** What was given to be explained. */
export interface GivenError {
  /** What is searched for known texts. */
  readonly text: string;
  /** What is searched for names. */
  readonly names: string;
  /** It is an event of CloudTrail that records no error. */
  readonly succeeded: boolean;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const listIn = (value: unknown): readonly unknown[] => (isList(value) ? value : []);
const textIn = (members: Members, name: string): string => (typeof members[name] === 'string' ? members[name] : '');

/** The events in a file of CloudTrail, in the answer of LookupEvents, in an event of EventBridge, or the one that it is. */
function eventsIn(value: unknown): readonly Members[] {
  if (isList(value)) return value.flatMap(eventsIn);
  const members = membersOf(value);
  const wrapped = [
    ...listIn(members['Records']),
    ...listIn(members['Events']).map((event) => parsed(textIn(membersOf(event), 'CloudTrailEvent'))),
    ...(isObject(members['detail']) ? [members['detail']] : []),
  ];
  if (wrapped.length > 0) return wrapped.flatMap(eventsIn);
  return typeof members['eventName'] === 'string' && typeof members['eventSource'] === 'string' ? [members] : [];
}

/**
 * The text that the caller saw. CloudTrail records a refusal of a web identity as "An unknown error occurred"
 * (docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html has the form of the event).
 */
function textOfEvent(event: Members): string {
  const [name, code, message] = [textIn(event, 'eventName'), textIn(event, 'errorCode'), textIn(event, 'errorMessage')];
  const said = name === 'AssumeRoleWithWebIdentity' && code === 'AccessDenied' ? `Not authorized to perform sts:${name}` : message;
  return code === '' ? '' : `An error occurred (${code}) when calling the ${name} operation: ${code}: ${said}`;
}

/** Quotes and line breaks as logs in JSON escape them. */
const unescaped = (text: string): string =>
  text.replace(/\\(["nt])/g, (_, char: string) => (char === '"' ? '"' : char === 'n' ? '\n' : ' '));

/** Reads an error text, or events of CloudTrail, of which the first that failed counts. */
export function readGiven(given: string): GivenError {
  const text = given.slice(0, LONGEST);
  const events = /^\s*[[{]/.test(text) ? eventsIn(parsed(given)) : [];
  const event = events.find((one) => textIn(one, 'errorCode') !== '') ?? events[0];
  if (event === undefined) return { text: unescaped(text), names: unescaped(text), succeeded: false };
  const said = textOfEvent(event);
  return { text: said, names: JSON.stringify(event).slice(0, LONGEST), succeeded: said === '' };
}
