/** What a path of the picture mostly is: it is left out of the data of a page, and put in again where that is read. */
export const USUAL = { audience: 'sts.amazonaws.com', breadth: 'named', state: 'allowed' } as const;

/** `sa shop/search`: a subject that is one service account; any other as it is. */
export function wordsOfSubject(subject: string): string {
  return subject.replace(/^system:serviceaccount:([^:*?]+):([^:*?]+)$/, 'sa $1/$2');
}
