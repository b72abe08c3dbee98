import type { Json } from '../model/inventory.js';

/**
 * A policy as IAM hands it out: URL-encoded (RFC 3986) JSON. Text that is not JSON stays text, for the rules to
 * report; text that is not URL-encoded after all is taken as it is.
 */
export function decodePolicyDocument(encoded: string): Json {
  const text = decoded(encoded);
  try {
    return JSON.parse(text) as Json;
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
