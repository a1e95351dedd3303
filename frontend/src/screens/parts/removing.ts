/** Deleting from a screen: the record goes, the way back is offered, the page of what is gone is left. */
import { removeRow, restoreRow } from '../../domain';
import type { EntityName } from '../../generated/entities';
import { t } from '../../i18n';
import { router } from '../../ui/router.svelte';
import { undo } from '../../ui/undo.svelte';

/** `leaveTo`: where to go when there is nothing to go back to; absent = the screen stays. */
export async function removeWithUndo(
  entity: EntityName,
  row: { id: string; trip: string },
  text: string,
  leaveTo?: string,
): Promise<void> {
  await removeRow(entity, row);
  undo.show({ text, label: t('do.undo'), undo: () => restoreRow(entity, row) });
  if (leaveTo) router.back(leaveTo);
}
