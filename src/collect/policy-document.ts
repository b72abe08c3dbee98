import { nestsDeeper } from '../lib/nests-deeper.js';
import type { Json } from '../model/inventory/inventory.js';

/** A policy needs seven levels. What is nested much deeper is none, and whoever walks through it may not come back. */
const MOST_LEVELS = 64;

/**
 * A policy as IAM hands it out: URL-encoded (RFC 3986) JSON. Text that is no JSON, or nested deeper than any policy, stays
 * text, for the rules to report; text that is not URL-encoded after all is taken as it is.
 */
export function decodePolicyDocument(encoded: string): Json {
  const text = decoded(encoded);
  try {
    const document = JSON.parse(text) as Json;
    return nestsDeeper(document, MOST_LEVELS) ? text : document;
  } catch {
    return text;
  }
}

function decoded(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}
