/** All words in Chinese. */
import { account } from './account';
import { app } from './app';
import { capture } from './capture';
import { fields } from './fields';
import { problems } from './problems';
import { record } from './record';
import { sync } from './sync';
import { trip } from './trip';
import { values } from './values';
import { verify } from './verify';

export const zh = {
  ...app,
  ...account,
  ...capture,
  ...fields,
  ...problems,
  ...record,
  ...sync,
  ...trip,
  ...values,
  ...verify,
};
