// Where the device is, as far as it will say; a capture never waits for it longer than asked.

export interface Position {
  lat: number;
  lon: number;
}

/** The position, or null when it is refused, unknown or not known in time. */
export function devicePosition(waitMs = 800): Promise<Position | null> {
  if (!('geolocation' in navigator)) return Promise.resolve(null);
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(null), waitMs);
    const answer = (position: Position | null) => {
      clearTimeout(timer);
      resolve(position);
    };
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => answer(finitePosition(coords.latitude, coords.longitude)),
      () => answer(null),
      { enableHighAccuracy: true, maximumAge: 60_000, timeout: waitMs },
    );
  });
}

/** The position only if the user has allowed it before: a note never makes the system ask. */
export async function allowedPosition(waitMs: number): Promise<Position | null> {
  if (!('permissions' in navigator)) return null;
  try {
    const { state } = await navigator.permissions.query({ name: 'geolocation' });
    return state === 'granted' ? await devicePosition(waitMs) : null;
  } catch {
    return null; // a browser that does not know this permission's name
  }
}

/** iOS may strip the GPS of a photo; what is left then reads as NaN, not as absent. */
export function finitePosition(lat: unknown, lon: unknown): Position | null {
  if (typeof lat !== 'number' || typeof lon !== 'number') return null;
  const sound = Number.isFinite(lat) && Number.isFinite(lon) && Math.abs(lat) <= 90 && Math.abs(lon) <= 180;
  return sound ? { lat, lon } : null;
}
