/** Short texts that several screens make out of rows. */
import type { Row } from '../../domain';
import { clip, t } from '../../i18n';
import { current } from './current.svelte';

/** What a recording or photo is called in a list. */
export function mediaTitle(media: Row<'media'>): string {
  if (media.kind === 'audio') {
    const stop = current.stopName(media.stop);
    return bare(media.name) || (stop ? t('capture.untitledSound', { stop }) : t('sound.untitled'));
  }
  if (media.kind === 'photo') return isCameraName(media.name) ? t('photo.title') : bare(media.name);
  return media.name || t(`media.kind.${media.kind}`);
}

/** A file's name without its ending, which tells a reader nothing. */
export function bare(name: string): string {
  return name.replace(/\.(jpe?g|png|heic|webp|gif|mp4|mov|webm|m4a|mp3|wav|ogg|opus)$/i, '');
}

/** Names that a camera or a browser made up say nothing to a reader. */
export function isCameraName(name: string): boolean {
  return (
    name === '' ||
    /^(IMG|DSC|PXL|image|photo|WIN|MVIMG|Screenshot)?[-_ ]?[\d_-]*(\(\d+\))?\.\w{3,4}$/i.test(name)
  );
}

export function mediaLength(media: Row<'media'>): string {
  return media.duration_ms === null ? '' : clip(media.duration_ms);
}

export function hrefOf(entity: string, id: string): string {
  if (entity === 'photo' || entity === 'video' || entity === 'file') return `/photo/${id}`;
  if (entity === 'audio') return `/recording/${id}`;
  return `/${entity}/${id}`;
}

/** Name and role of a person as one line. */
export function personLine(person: Row<'person'> | undefined | null): string {
  return person ? [person.name, person.role].filter(Boolean).join(' ') : '';
}
