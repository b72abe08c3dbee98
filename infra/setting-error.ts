/** A setting that cannot work, or a step that was left out. The message is for the person who deploys and says what to do. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
}
