// Listens to the server's notices `{trip, seq}`; the engine then pulls. Losing one does no harm.
import type { SyncEngine } from './engine';

/** What to do when the stream opens and when it says something. */
export function noticeHandlers(engine: Pick<SyncEngine, 'notice' | 'wakeNow'>) {
  return {
    // What happened while nobody listened has to be asked for: since the last pull, the first time too.
    opened: (): void => engine.wakeNow(),
    said: (data: unknown): void => {
      const trip = readNotice(data);
      if (trip !== null) engine.notice(trip);
    },
  };
}

export function readNotice(data: unknown): string | null {
  if (typeof data !== 'string') return null;
  try {
    const notice: unknown = JSON.parse(data);
    if (typeof notice !== 'object' || notice === null || !('trip' in notice)) return null;
    return typeof notice.trip === 'string' ? notice.trip : null;
  } catch {
    return null;
  }
}
