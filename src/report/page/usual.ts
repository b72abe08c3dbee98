/** What a path of the picture mostly is: it is left out of the data of a page, and put in again where that is read. */
export const USUAL = { audience: 'sts.amazonaws.com', breadth: 'named', state: 'allowed' } as const;

export { subjectWords } from '../layout/subject-words.js';
