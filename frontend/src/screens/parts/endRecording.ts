/** Stopping a recording, wherever the stop was pressed. */
import { recording } from '../../domain';
import { router } from '../../ui/router.svelte';

/** Stops, keeps, and opens what was recorded when the recording's own screen is open. */
export async function endRecording(): Promise<void> {
  const media = await recording.stop();
  if (media !== null && router.path === '/record') router.go(`/recording/${media}`, true);
}
