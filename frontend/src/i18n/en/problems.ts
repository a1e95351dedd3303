/** What the server or this device may refuse, by the code of the problem. */
import type { problems as zh } from '../zh/problems';

export const problems: Record<keyof typeof zh, string> = {
  'problem.other': 'That did not work (number {code})',
  'problem.unexpected': 'Something unforeseen happened on this device. All you wrote is still here.',
  'problem.offline': 'No network',
  'problem.unreachable': 'The server does not answer',
  'problem.store_not_open': 'The storage of this device is not open; reopen the app',
  'problem.invalid_fields': 'Something is too long or missing',
};
