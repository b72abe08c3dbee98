import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';

/** The account of the ambient credentials. It needs no permission. @throws what STS says where there are none that hold */
export async function callerAccount(region: string | undefined): Promise<string> {
  const client = new STSClient(region === undefined ? {} : { region });
  try {
    const { Account: account } = await client.send(new GetCallerIdentityCommand({}));
    if (account === undefined) throw new Error('STS named no account.');
    return account;
  } finally {
    client.destroy();
  }
}
