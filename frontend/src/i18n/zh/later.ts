/** Words in Chinese that come with the screens which say them: those import `i18n/later`. */
import { recorder } from './recorder';
import { safety } from './safety';
import { settle } from './settle';
import { sync } from './sync';

export const later = { ...recorder, ...safety, ...settle, ...sync };
