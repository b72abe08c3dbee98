/** A profile was named that the configuration of the AWS CLI does not have; the message says which there are. */
export class UnknownProfileError extends Error {
  override readonly name = 'UnknownProfileError';
}
