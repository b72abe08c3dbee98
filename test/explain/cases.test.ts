import { afterAll, describe, expect, it } from '@jest/globals';
import { explainError } from '../../src/pipeline/explain-error.js';
import type { ExplainedCause } from '../../src/model/report/explanation.js';
import { RULES } from '../../src/rules/index.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';
import { saysOtherwise } from './against.js';
import { eventOf } from './event-of-case.js';
import { TOLD, WITHOUT_TEXT, type ToldText } from './told-cases.js';

const causeOf = new Map(RULES.map(({ id, cause }) => [id, cause]));
const slug = ({ id }: ExplainedCause): string => causeOf.get(id) ?? id;

/** Whether a cause is the one that the case is about, and found where the case has it. */
function isRight(cause: ExplainedCause, { right, at }: ToldText): boolean {
  const { findings, kind, state, id } = cause;
  const isThere =
    kind === 'outside' ||
    state !== 'confirmed' ||
    at.size === 0 ||
    findings.length === 0 ||
    findings.some(({ subject }) => at.has(subject.id));
  return isThere && (right.has(slug(cause)) || right.has(id));
}

interface Judged extends ToldText {
  readonly isKnown: boolean;
  readonly firstTwo: readonly ExplainedCause[];
  readonly isRight: boolean;
}

function judge(told: ToldText): Judged {
  const { causes, texts } = explainError(told.text, inventoryOfCase(told.given));
  const firstTwo = causes.slice(0, 2);
  return { ...told, isKnown: texts.length > 0, firstTwo, isRight: firstTwo.some((cause) => isRight(cause, told)) };
}

const logged = TOLD.map(judge);
/** The same of those that CloudTrail records, by the event, which names role and subject. */
const recorded = TOLD.flatMap((told) => {
  const text = eventOf(told);
  return text === null ? [] : [judge({ ...told, text })];
});

const inWords = ({ name, right, firstTwo }: Judged): string =>
  `${name}: ${[...right].join('|')}, and not ${firstTwo.map((one) => `${slug(one)} (${one.state})`).join(', ')}`;

describe.each([
  ['the texts that reporters saw', logged],
  ['the events of CloudTrail', recorded],
])('%s', (_, judged) => {
  it('are known', () => expect(judged.filter(({ isKnown }) => !isKnown).map(({ name }) => name)).toEqual([]));

  it('lead to the right cause among the first two, in 95 of 100 at least', () => {
    const wrong = judged.filter((one) => !one.isRight);
    expect(wrong.length * 20 > judged.length ? wrong.map(inWords) : []).toEqual([]);
  });

  it('lead to no cause that is refuted, before all the others', () => {
    expect(judged.filter(({ firstTwo }) => firstTwo.some(({ state }) => state === 'refuted')).map(inWords)).toEqual([]);
  });

  it('lead to no cause that the case itself says is not there', () => {
    const against = judged.flatMap(({ firstTwo, name, given, text }) =>
      firstTwo.filter(({ id }) => saysOtherwise(id, given, text)).map(({ id, state }) => `${name}: ${id} ${state}`),
    );
    expect(against).toEqual([]);
  });
});

afterAll(() => {
  const summary = [logged, recorded].map((judged) => `${judged.filter((one) => one.isRight).length} of ${judged.length}`);
  const wrong = [...logged, ...recorded].filter((one) => !one.isRight).map((one) => `  ${inWords(one)}`);
  process.stdout.write(
    `\nThe right cause among the first two: of texts ${summary[0]}, of events ${summary[1]}; ${WITHOUT_TEXT} cases without an error\n${wrong.join('\n')}\n`,
  );
});
