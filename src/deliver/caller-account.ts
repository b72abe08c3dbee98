import { GetCallerIdentityCommand, STSClient, type STSClientConfig } from '@aws-sdk/client-sts';

/** The account of the credentials. It needs no permission. @throws what STS says where there are none that hold */
export async function callerAccount(
  whose: Pick<STSClientConfig, 'region' | 'profile' | 'credentials' | 'logger' | 'requestHandler'>,
): Promise<string> {
  const client = new STSClient(whose);
  try {
    const { Account: account } = await client.send(new GetCallerIdentityCommand({}));
    if (account === undefined) throw new Error('STS named no account.');
    return account;
  } finally {
    client.destroy();
  }
}
