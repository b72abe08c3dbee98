/** What the webhook of EKS puts before its path for pods on Windows, whose mounts say the same without. */
const DRIVE = /^[A-Za-z]:/;

/** Whether a path is one of Windows. */
export const isOnDrive = (path: string): boolean => DRIVE.test(path);

/** A path of a container as it is compared, without a slash at its end: images link /var/run to /run. */
export const plainPath = (path: string): string =>
  path
    .replaceAll('\\', '/')
    .replace(/\/{2,}/g, '/')
    .replace(DRIVE, '')
    .replace(/^\/var\/run\//, '/run/')
    .replace(/\/$/, '');

/** Whether a file is a mount or lies below it. @param place both as `plainPath` has them; empty = the root */
export const isBelow = (file: string, place: string): boolean => file === place || file.startsWith(`${place}/`);
