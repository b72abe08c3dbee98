import { membersOf } from '../lib/is-object.js';
import type { Claims } from '../model/report/probe.js';
import { textOf, wordsOf } from '../collect/kubernetes/pages.js';
import type { WritableApiServer } from '../collect/kubernetes/ports.js';
import { ReadError } from '../collect/reading/read-error.js';
import { ProbeError } from './probe-error.js';

/** The shortest time that Kubernetes gives, in seconds. */
const GOOD_FOR_S = 600;

/** What a token says of itself. Nothing verifies it here: STS does. @throws ProbeError */
export function claimsOf(token: string): Claims {
  try {
    const claims = membersOf(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')));
    const { aud } = claims;
    const audiences = Array.isArray(aud) ? aud : [aud];
    return { iss: textOf(claims['iss']) ?? '', sub: textOf(claims['sub']) ?? '', aud: audiences.flatMap((one) => textOf(one) ?? []) };
  } catch (error) {
    throw new ProbeError('The API server gave a token that is none: it cannot be decoded.', { cause: error });
  }
}

/**
 * A token of a service account for one audience, good for ten minutes, as the kubelet asks for it (TokenRequest). It is a
 * secret: whoever calls this never shows it.
 * @throws ProbeError where the cluster gives none
 */
export async function requestToken(
  server: WritableApiServer,
  { namespace, serviceAccount }: { readonly namespace: string; readonly serviceAccount: string },
  audience: string,
  signal: AbortSignal,
): Promise<string> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/serviceaccounts/${encodeURIComponent(serviceAccount)}/token`;
  const body = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { audiences: [audience], expirationSeconds: GOOD_FOR_S },
  };
  const answer = await server.post(path, body, signal).catch((error: unknown) => {
    throw error instanceof ReadError ? new ProbeError(error.detail, { cause: error }) : error;
  });
  const token = textOf(membersOf(membersOf(answer.body)['status'])['token']);
  if (answer.status === 201 && token !== null) return token;
  const hint =
    answer.status === 403
      ? ' Whoever probes has to be allowed `create` on `serviceaccounts/token` of that namespace; reading needs none of it.'
      : '';
  throw new ProbeError(`The cluster gave no token of ${namespace}/${serviceAccount}: ${wordsOf(answer)}.${hint}`);
}
