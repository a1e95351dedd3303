import type { settle as zh } from '../zh/settle';

/** Two versions to settle, the history of a record, what was deleted. */
export const settle: Record<keyof typeof zh, string> = {
  'settle.place': 'Two versions of one paragraph of “{field}”',
  'settle.whole': 'Two versions of “{field}”',
  'settle.why': 'Written without seeing each other, so both are kept.',
  'settle.use': 'Use {letter}',
  'settle.both': 'Keep both',
  'settle.write': 'Write anew',
  'settle.gone': 'deleted this paragraph',
  'settle.empty': 'left empty',
  'settle.done': 'Settled: {what}',
  'settle.doneBoth': 'Settled: both kept',
  'settle.doneNew': 'Settled: written anew',
  'settle.thisPhone': 'this phone',
  'settle.otherDevice': 'another device',

  'history.offline':
    'The server cannot be asked now. Here is what this phone knows; changes of others and older ones need the network.',
  'history.again': 'Ask again',
  'history.queued': 'not sent yet',
  'history.rejected': 'refused by the server',
  'history.lost': 'a later change came first, this was not used',
  'history.last': 'as last synced',
  'history.now': 'now',
  'history.deleted': 'deleted',
  'history.program': 'the program',
  'history.you': 'you',
  'history.restored': '“{field}” restored',

  'deleted.empty': 'Nothing was deleted',
  'deleted.emptyWhy': 'Deleted notes, photos and stops stay here and can be restored at any time.',
  'deleted.restore': 'Restore',
  'deleted.restored': 'Restored: {what}',
  'deleted.waiting': 'deletion not sent yet',
};
