import type { RecognizedText } from '../model/report/explanation.js';
import type { ErrorText, SymptomId } from './texts/known-text.js';
import { SYMPTOMS } from './symptoms.js';
import { TEXTS_OF_POD_IDENTITY } from './texts/pod-identity.js';
import { TEXTS_OF_SDKS } from './texts/sdks.js';
import { TEXTS_OF_SERVICES } from './texts/services.js';
import { TEXTS_OF_STS } from './texts/sts.js';

/** Every text that is known. Of what says the same, the earlier is named first. */
export const KNOWN_TEXTS: readonly ErrorText[] = [...TEXTS_OF_STS, ...TEXTS_OF_POD_IDENTITY, ...TEXTS_OF_SERVICES, ...TEXTS_OF_SDKS];

/** What was recognized in a text. */
export interface Recognized {
  /** What it says at its innermost; several where it quotes several answers. Empty where nothing is known. */
  readonly symptoms: readonly SymptomId[];
  /** Every known text in it, the innermost first. */
  readonly texts: readonly RecognizedText[];
}

/** Recognizes what a text says. @param text without escapes of a log */
export function recognize(text: string): Recognized {
  const found = KNOWN_TEXTS.flatMap(({ symptom, by, pattern, source }) => {
    const [fragment] = pattern.exec(text) ?? [];
    return fragment === undefined ? [] : [{ symptom, text: { by, found: fragment.trim(), source }, depth: SYMPTOMS[symptom].depth }];
  }).sort((left, right) => left.depth - right.depth);
  const innermost = found.filter(({ depth }) => depth === found[0]?.depth);
  return {
    symptoms: [...new Set(innermost.map(({ symptom }) => symptom))],
    texts: found
      .map(({ text: one }) => one)
      .filter(({ source }, index, all) => all.findIndex((other) => other.source === source) === index),
  };
}
