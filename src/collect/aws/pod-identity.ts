import { DescribePodIdentityAssociationCommand, ListPodIdentityAssociationsCommand } from '@aws-sdk/client-eks';
import type { AssociationAnswer, Associations, ListedAssociation, Page } from '../reading/ports.js';
import { askEks, askEksAbout } from './ask-eks.js';
import type { ApiCall } from './clients.js';
import { flagOrNull, listIn, nextIn, present, textIn, textOrNull } from './contents.js';

/** A page of the Pod Identity associations of a cluster, or of one service account's. The list holds no roles. */
export async function listAssociations(
  { clients, region, signal }: ApiCall,
  { cluster: clusterName, of }: Associations,
  token: string | null,
): Promise<Page<ListedAssociation>> {
  const command = new ListPodIdentityAssociationsCommand({
    clusterName,
    maxResults: 100,
    ...(of !== undefined && { namespace: of.namespace, serviceAccount: of.name }),
    ...(token !== null && { nextToken: token }),
  });
  const answer = await askEks(clients, region, (eks) => eks.send(command, { abortSignal: signal }));
  const items = listIn(answer.associations, 'associations').map(({ namespace, serviceAccount, associationId, ownerArn }) => ({
    namespace: textIn(namespace, 'namespace of the association'),
    serviceAccount: textIn(serviceAccount, 'service account of the association'),
    id: textIn(associationId, 'id of the association'),
    ownerArn: textOrNull(ownerArn, 'owner of the association'),
  }));
  return { items, next: nextIn(answer.nextToken) };
}

/** One association with its role; null where it is gone. Of its inline policy only the presence is kept. */
export async function describeAssociation(
  { clients, region, signal }: ApiCall,
  clusterName: string,
  associationId: string,
): Promise<AssociationAnswer | null> {
  const command = new DescribePodIdentityAssociationCommand({ clusterName, associationId });
  const answer = await askEksAbout(clients, region, (eks) => eks.send(command, { abortSignal: signal }));
  if (answer === null) return null;
  const association = present(answer.association, 'association');
  return {
    roleArn: textIn(association.roleArn, 'role of the association'),
    targetRoleArn: textOrNull(association.targetRoleArn, 'target role of the association'),
    disableSessionTags: flagOrNull(association.disableSessionTags, 'disableSessionTags') ?? false,
    externalId: textOrNull(association.externalId, 'external id of the association'),
    ...((association.policy ?? '') !== '' && { sessionPolicy: true }),
  };
}
