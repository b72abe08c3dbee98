import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { AccountClient } from '@aws-sdk/client-account';
import { EKSClient } from '@aws-sdk/client-eks';
import { IAMClient } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import { getProfileName } from '@smithy/core/config';
import { READ_LIMITS, type ReadLimits } from '../reading/circuit.js';
import { regionOf, type CredentialSource } from './credential-source.js';
import { WholeAnswers } from './whole-answers.js';

// A page of a thousand roles takes IAM seconds; what has not arrived after so long, its body included, does not arrive.
const CALL_TIMEOUT_MS = 20_000;

export interface ClientOptions extends CredentialSource {
  /** This program's version, for the user agent that CloudTrail shows. */
  readonly version: string;
  /** Attempts a call, the first included. */
  readonly maxAttempts?: number;
  /** For one attempt, from its first byte to the last of its answer. */
  readonly requestTimeoutMs?: number;
  readonly giveUpAfterMs?: number;
  readonly pauseMs?: number;
}

/** The limits that hold everywhere, but for those that a test sets. */
export function limitsFrom({ maxAttempts, giveUpAfterMs, pauseMs }: ClientOptions): ReadLimits {
  return {
    attempts: maxAttempts ?? READ_LIMITS.attempts,
    giveUpAfterMs: giveUpAfterMs ?? READ_LIMITS.giveUpAfterMs,
    pauseMs: pauseMs ?? READ_LIMITS.pauseMs,
  };
}

/** A call of a service in a region, which ends where it is not waited for any longer. */
export interface ApiCall {
  readonly clients: Clients;
  readonly region: string;
  readonly signal: AbortSignal;
}

/**
 * The SDK's clients, one for each service and region, made when first needed. Credentials, endpoints and the region come
 * from where every AWS tool takes them, unless others are given; the clients share their connections.
 */
export class Clients {
  private readonly made = new Map<string, unknown>();
  private readonly handler: WholeAnswers;
  private readonly source: CredentialSource;
  private home: Promise<string> | undefined;

  constructor(private readonly options: ClientOptions) {
    const { profile, credentials, logger } = options;
    this.source = {
      ...(profile === undefined ? {} : { profile }),
      ...(credentials === undefined ? {} : { credentials }),
      ...(logger === undefined ? {} : { logger }),
    };
    // How many calls are under way is the queue's matter.
    const keepAlive = { keepAlive: true };
    const agents = { httpAgent: new HttpAgent(keepAlive), httpsAgent: new HttpsAgent(keepAlive) };
    this.handler = new WholeAnswers(options.requestTimeoutMs ?? CALL_TIMEOUT_MS, agents);
  }

  /** @param Client its class, which not every run loads */
  account(region: string, Client: typeof AccountClient): AccountClient {
    return this.once('account', region, () => new Client(this.configuration(region)));
  }

  eks(region: string): EKSClient {
    return this.once('eks', region, () => new EKSClient(this.configuration(region)));
  }

  iam(region: string): IAMClient {
    return this.once('iam', region, () => new IAMClient(this.configuration(region)));
  }

  sts(region: string): STSClient {
    return this.once('sts', region, () => new STSClient(this.configuration(region)));
  }

  /** The profile whose credentials are taken. */
  profile(): string {
    return getProfileName(this.options);
  }

  /** The region of the environment or the profile, as the SDK finds it; us-east-1 where there is none. */
  ambientRegion(): Promise<string> {
    this.home ??= regionOf(this.source);
    return this.home;
  }

  private once<T>(service: string, region: string, make: () => T): T {
    const key = `${service}/${region}`;
    const client = (this.made.get(key) as T | undefined) ?? make();
    this.made.set(key, client);
    return client;
  }

  private configuration(region: string) {
    return {
      ...this.source,
      region,
      requestHandler: this.handler,
      // The queue asks again: it sees every attempt, knows how the others fare, and leaves no timer behind that would keep the
      // process alive. The SDK's own ways of retrying do neither.
      maxAttempts: 1,
      customUserAgent: [['irsa-auditor', this.options.version] as [string, string]],
    };
  }
}
