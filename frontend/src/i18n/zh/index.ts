/** The words in Chinese that the start needs; `later.ts` holds those that come with their screens. */
import { account } from './account';
import { app } from './app';
import { capture } from './capture';
import { fields } from './fields';
import { problems } from './problems';
import { record } from './record';
import { trip } from './trip';
import { values } from './values';

export const zh = {
  ...app,
  ...account,
  ...capture,
  ...fields,
  ...problems,
  ...record,
  ...trip,
  ...values,
};
