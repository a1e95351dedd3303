// What the platform says of the network; Safari and Firefox say nothing.

export interface Connection {
  /** The user asks the system to save data. */
  saveData: boolean;
  wifi: boolean | null;
}

interface NetworkInformation {
  saveData?: boolean;
  type?: string;
}

export function connection(): Connection {
  const told = (navigator as Navigator & { connection?: NetworkInformation }).connection;
  const type = told?.type;
  const isKnown = type !== undefined && type !== 'unknown';
  return { saveData: told?.saveData ?? false, wifi: isKnown ? type === 'wifi' || type === 'ethernet' : null };
}
