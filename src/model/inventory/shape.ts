import * as z from 'zod';
import { UNKNOWN_REASONS, type Observed } from './observed.js';

type Members = Readonly<Record<string, z.ZodType>>;
type Optional<M extends Members> = { [K in keyof M]: M[K] extends z.ZodExactOptional ? K : never }[keyof M];
type Values<M extends Members, K extends keyof M> = { readonly [P in K]: z.output<M[P]> };

/** The value that a table of members describes. */
export type Shape<M extends Members> = Values<M, Exclude<keyof M, Optional<M>>> & Partial<Values<M, Optional<M>>>;

export const text = z.string();
export const nullableText = text.nullable();

export function object<M extends Members>(members: M): z.ZodType<Shape<M>> {
  return z.object(members) as unknown as z.ZodType<Shape<M>>;
}

export function list<T>(item: z.ZodType<T>): z.ZodType<readonly T[]> {
  return z.array(item);
}

export function record<T>(value: z.ZodType<T>): z.ZodType<Readonly<Record<string, T>>> {
  return z.record(text, value);
}

export const reason = z.enum(UNKNOWN_REASONS);

/** What was read, or why it was not. */
export function observed<T>(value: z.ZodType<T>): z.ZodType<Observed<T>> {
  return z.discriminatedUnion('known', [
    z.object({ known: z.literal(true), value }),
    z.object({ known: z.literal(false), reason, detail: text, partial: value.exactOptional() }),
  ]);
}
