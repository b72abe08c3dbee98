import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { AccountClient } from '@aws-sdk/client-account';
import { EKSClient } from '@aws-sdk/client-eks';
import { IAMClient } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import { NodeHttpHandler } from '@smithy/node-http-handler';

// A page of a thousand roles takes IAM seconds; what gives no answer for half a minute gives none at all.
const CONNECTION_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 30_000;
// The default of three attempts is too few where a whole account is read at once: IAM and EKS throttle early.
const MAX_ATTEMPTS = 8;
const DEFAULT_REGION = 'us-east-1';

export interface ClientOptions {
  /** This program's version, for the user agent that CloudTrail shows. */
  readonly version: string;
  /** Attempts a call, the first included. */
  readonly maxAttempts?: number;
  readonly requestTimeoutMs?: number;
}

/**
 * The SDK's clients, one for each service and region, made when first needed. Credentials, endpoints and the region come
 * from where every AWS tool takes them; the clients share their connections.
 */
export class Clients {
  private readonly made = new Map<string, unknown>();
  private readonly handler: NodeHttpHandler;
  private home: Promise<string> | undefined;

  constructor(private readonly options: ClientOptions) {
    const keepAlive = { keepAlive: true, maxSockets: 50 };
    this.handler = new NodeHttpHandler({
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
      httpAgent: new HttpAgent(keepAlive),
      httpsAgent: new HttpsAgent(keepAlive),
    });
  }

  account(region: string): AccountClient {
    return this.once('account', region, () => new AccountClient(this.configuration(region)));
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

  /** The region of the environment or the profile, as the SDK finds it; us-east-1 where there is none. */
  ambientRegion(): Promise<string> {
    this.home ??= new STSClient({}).config.region().catch((error: unknown) => {
      if (error instanceof Error && error.message.includes('Region is missing')) return DEFAULT_REGION;
      throw error;
    });
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
      region,
      requestHandler: this.handler,
      retryMode: 'adaptive',
      maxAttempts: this.options.maxAttempts ?? MAX_ATTEMPTS,
      customUserAgent: [['irsa-auditor', this.options.version] as [string, string]],
    };
  }
}
