import { memoByText } from '../../lib/memo.js';
import { asIssuerId, type IssuerId } from '../../model/inventory/issuer-id.js';

/** What a `Federated` principal names. */
export type Federated =
  | {
      readonly kind: 'oidc';
      readonly arn: string;
      readonly partition: string;
      readonly account: string;
      /** Host and path. */ readonly url: IssuerId;
    }
  | { readonly kind: 'saml'; readonly arn: string }
  /** Identity providers that IAM knows by domain: Cognito, Google, Amazon, Facebook. */
  | { readonly kind: 'domain'; readonly domain: string }
  /** `url` is the host and path that were probably meant; null where nothing can be recognized. */
  | { readonly kind: 'malformed'; readonly value: string; readonly problem: string; readonly url: IssuerId | null };

const OIDC = /^arn:(aws[a-z0-9-]*):iam::(\d{12}):oidc-provider\/([A-Za-z0-9.-]+(?::\d+)?(?:\/[A-Za-z0-9._~!$&'()*+,;=:@%-]+)*\/?)$/;
const SAML = /^arn:aws[a-z0-9-]*:iam::\d{12}:saml-provider\/[\w+=,.@-]+$/;
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/i;

/** The ARN of the provider that an account would have for an issuer. */
export function providerArn(partition: string, account: string, url: IssuerId): string {
  return `arn:${partition}:iam::${account}:oidc-provider/${url}`;
}

function describeProblem(value: string): string {
  const isOfSaml = /:saml-provider\//.test(value);
  const found: readonly (readonly [boolean, string])[] = [
    [/\s/.test(value), 'it holds blanks'],
    [/https?:/i.test(value), 'it holds "https://", which is no part of a provider\'s ARN'],
    [isOfSaml, 'it names a SAML provider by an address'],
    [/^\s*arn:[^:]*:iam::[^:]*:/.test(value) && !/^\s*arn:[^:]*:iam::\d{12}:/.test(value), 'its account is not twelve digits'],
    [!isOfSaml && !/:oidc-provider\//.test(value), 'it has no ":oidc-provider/" before the issuer'],
  ];
  const mistakes = found.flatMap(([isSo, words]) => (isSo ? [words] : []));
  return mistakes.length === 0 ? 'it is not arn:<partition>:iam::<account>:oidc-provider/<issuer without https://>' : mistakes.join(', ');
}

function readFederated(value: string): Federated {
  const oidc = OIDC.exec(value);
  if (oidc !== null) return { kind: 'oidc', arn: value, partition: oidc[1] ?? '', account: oidc[2] ?? '', url: asIssuerId(oidc[3] ?? '') };
  const issuerAsSaml = /:saml-provider\/(?:https?:\/\/)?((?:oidc[.-]eks)[^\s]*)$/i.exec(value)?.[1];
  if (issuerAsSaml === undefined && SAML.test(value)) return { kind: 'saml', arn: value };
  if (DOMAIN.test(value)) return { kind: 'domain', domain: value };
  const meant = issuerAsSaml ?? /([a-z0-9-]+(?:\.[a-z0-9-]+)+(?:\/\S*)?)\s*$/i.exec(value)?.[1] ?? null;
  return { kind: 'malformed', value, problem: describeProblem(value), url: meant === null ? null : asIssuerId(meant) };
}

/** Roles in thousands name the providers of a few clusters. */
const MOST_KEPT = 20_000;

/** Reads one value of `Principal.Federated`. Never throws. */
export const parseFederated = memoByText(readFederated, MOST_KEPT);
