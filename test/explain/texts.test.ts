import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { OUTSIDE } from '../../src/explain/outside.js';
import { KNOWN_TEXTS, recognize } from '../../src/explain/recognize.js';
import { SYMPTOMS } from '../../src/explain/symptoms.js';
import type { SymptomId } from '../../src/explain/texts/known-text.js';
import { explainError } from '../../src/pipeline/explain-error.js';
import { RULES } from '../../src/rules/index.js';
import { CASES } from '../cases/all-cases.js';
import { toldOf } from '../cases/told-of.js';

const IDS = Object.keys(SYMPTOMS) as SymptomId[];

/** Whether a rule stands among the causes of what a text says, or of a text for the same. */
const isAmong = (rule: string, symptoms: readonly SymptomId[]): boolean =>
  symptoms.some((symptom) => SYMPTOMS[symptom].rules.some((id) => id === rule));

describe('the table of texts', () => {
  it.each(KNOWN_TEXTS.map((text) => [text.sample.slice(0, 90), text] as const))('recognizes %s', (_, { symptom, sample }) => {
    expect(recognize(sample).symptoms).toContain(symptom);
  });

  it.each(KNOWN_TEXTS.map(({ symptom, by, source }) => [`${symptom} of ${by}`, source]))('says where %s is documented', (_, source) => {
    expect(source).toMatch(/^https:\/\/(?:docs\.aws\.amazon\.com|repost\.aws|github\.com\/[\w.-]+\/[\w.-]+)\/\S+$/);
    // A line of a source is that of one commit.
    if (source.includes('#L')) expect(source).toMatch(/\/blob\/[0-9a-f]{40}\//);
  });

  it('has a text for everything that it explains', () => {
    expect(IDS.filter((id) => !KNOWN_TEXTS.some(({ symptom }) => symptom === id))).toEqual([]);
  });

  it('names each cause that no audit sees under some text', () => {
    const named = new Set<string>(Object.values(SYMPTOMS).flatMap(({ outside }) => outside));
    expect(Object.keys(OUTSIDE).filter((id) => !named.has(id))).toEqual([]);
  });

  it('takes the innermost of several texts', () => {
    const java =
      'Unable to load credentials from any of the providers in the chain AwsCredentialsProviderChain(…) : [WebIdentityTokenCredentialsProvider(): Incorrect token audience (Service: Sts, Status Code: 400), ContainerCredentialsProvider(): Cannot fetch credentials from container - neither AWS_CONTAINER_CREDENTIALS_FULL_URI or AWS_CONTAINER_CREDENTIALS_RELATIVE_URI environment variables are set.]';
    const { symptoms, texts } = recognize(java);
    expect(symptoms).toEqual(['wrong-audience']);
    expect(texts.map(({ by }) => by)).toEqual(['AWS STS', 'the AWS SDK for Java', 'the AWS SDK for Java']);
  });

  it('takes it wherever it is in the text', () => {
    expect(recognize('AccessDenied: cannot list; NoCredentialProviders: no valid providers in chain').symptoms).toEqual(['no-credentials']);
    expect(
      recognize('NoCredentialProviders, caused by AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity').symptoms,
    ).toEqual(['not-authorized']);
  });

  it('knows nothing of other texts', () => {
    expect(recognize('dial tcp 10.0.0.1:5432: connect: connection refused').symptoms).toEqual([]);
    expect(explainError('segmentation fault', null)).toMatchObject({
      means: null,
      causes: [],
      texts: [],
      lookAt: expect.arrayContaining([expect.stringContaining('get-caller-identity')]),
    });
  });

  it('reads whatever it is given', () => {
    const fragments = fc.constantFrom(
      ...KNOWN_TEXTS.map(({ sample }) => sample),
      'arn:aws:iam::',
      'system:serviceaccount:',
      '\u001b[2J',
      '{"eventName":',
      '\n',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(fragments, fc.string()), { maxLength: 12 }), (parts) => {
        expect(explainError(parts.join(''), null).schemaVersion).toBe(1);
      }),
      { numRuns: 300 },
    );
  });
});

describe('every rule of something broken', () => {
  it.each(RULES.filter(({ kind }) => kind === 'break').map(({ id }) => id))('%s is a cause of some text', (id) => {
    expect(isAmong(id, IDS)).toBe(true);
  });

  it.each(RULES.flatMap(({ id, error }) => (error === null ? [] : [[id, error]])))('%s is a cause of its own text', (id, error) => {
    expect(isAmong(id, recognize(error).symptoms)).toBe(true);
  });

  it('is one of the text that its findings say', () => {
    const missing = CASES.flatMap(({ name, inventory }) =>
      [...toldOf(inventory).findings.values()]
        .filter(({ error, rule }) => error !== null && !isAmong(rule, recognize(error).symptoms))
        .map(({ rule, error }) => `${name}: ${rule} says ${error ?? ''}`),
    );
    expect(missing).toEqual([]);
  });
});
