/** The subject of one service account: neither a pattern nor of another issuer. */
export const ONE_SERVICE_ACCOUNT = /^system:serviceaccount:([^:*?]+):([^:*?]+)$/;

/** `sa shop/search`: a subject that is one service account; any other as it is. */
export const subjectWords = (subject: string): string => subject.replace(ONE_SERVICE_ACCOUNT, 'sa $1/$2');
