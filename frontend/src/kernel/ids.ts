// UUIDv7 ids: made once on the device, they sort by the time of making and never collide with another device.

export type RandomBytes = (length: number) => Uint8Array;
export type NewId = () => string;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** One UUIDv7 of RFC 9562: 48 bits of time, 74 random bits. */
export function uuidv7(ms: number, random: RandomBytes): string {
  const bytes = random(16);
  let time = ms;
  for (let index = 5; index >= 0; index--) {
    bytes[index] = time % 256;
    time = Math.floor(time / 256);
  }
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const text = Array.from(bytes, (byte) => HEX[byte]).join('');
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join(
    '-',
  );
}

const DEVICE_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A device name as the server accepts it: 22 letters and digits. */
export function newDevice(random: RandomBytes): string {
  return Array.from(random(22), (byte) => DEVICE_LETTERS[byte % DEVICE_LETTERS.length]).join('');
}
