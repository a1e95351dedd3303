/** Words in Chinese that come with the screens which say them: those import `i18n/later`. */
import { checking } from './checking';
import { recorder } from './recorder';
import { safety } from './safety';
import { settle } from './settle';
import { sync } from './sync';
import { verify } from './verify';

export const later = { ...checking, ...recorder, ...safety, ...settle, ...sync, ...verify };
