/** All words in English. */
import { account } from './account';
import { app } from './app';
import { capture } from './capture';
import { checking } from './checking';
import { fields } from './fields';
import { problems } from './problems';
import { record } from './record';
import { recorder } from './recorder';
import { safety } from './safety';
import { settle } from './settle';
import { sync } from './sync';
import { trip } from './trip';
import { values } from './values';
import { verify } from './verify';

export const en = {
  ...app,
  ...account,
  ...capture,
  ...checking,
  ...fields,
  ...problems,
  ...record,
  ...recorder,
  ...safety,
  ...settle,
  ...sync,
  ...trip,
  ...values,
  ...verify,
};
