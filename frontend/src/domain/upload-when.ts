// May a recording be sent while it runs: the user's wish, and what the platform says of the network.
import { connection, type Connection } from '../capture/connection';
import { readPreferences, type UploadWhen } from './preferences';

/** A wish to save data, or a network that may cost, waits for the stop; where nothing is told, the wish decides. */
export function maySendWhileRecording(wish: UploadWhen, { saveData, wifi }: Connection): boolean {
  if (wish === 'after' || saveData) return false;
  return wish === 'recording' || wifi === true;
}

export async function liveUploadAllowed(): Promise<boolean> {
  if (!navigator.onLine) return false;
  return maySendWhileRecording((await readPreferences()).uploadWhen, connection());
}
