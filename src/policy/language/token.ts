import { issuerAddress, type IssuerId } from '../../model/inventory/issuer-id.js';
import type { WebIdentityRequest } from './evaluate.js';
import { principalOf } from './issuer-keys.js';

/** What STS looks at of a token: its issuer without `https://`, its audience and its subject. */
export interface Token {
  readonly url: IssuerId;
  readonly audience: string;
  readonly subject: string;
}

/** An account, as an inventory has it. */
export interface OwnAccount {
  readonly account: string;
  readonly partition: string;
  /** When it was read: what is asked of its roles is asked then. */
  readonly collectedAt: string;
}

/** By which provider tokens of an issuer come to the roles of an account. */
export const doorOf = (
  url: IssuerId,
  { account, partition, collectedAt }: OwnAccount,
): Pick<WebIdentityRequest, 'providerArn' | 'issuer' | 'at'> => ({
  providerArn: principalOf(partition, account, url),
  issuer: issuerAddress(url),
  at: collectedAt,
});

/** What is asked of a role of an account with a token. */
export const requestWith = ({ url, audience, subject }: Token, owner: OwnAccount): WebIdentityRequest => ({
  ...doorOf(url, owner),
  audience,
  subject,
});
