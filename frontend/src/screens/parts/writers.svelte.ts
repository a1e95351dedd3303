/** Who wrote something, and on which device, in the words of this trip. */
import { liveMembers, thisDevice } from '../../domain';
import { t } from '../../i18n';

export class Writers {
  readonly #trip: () => string;
  readonly #members = $derived.by(() => liveMembers(this.#trip()));
  #device = $state('');

  constructor(trip: () => string) {
    this.#trip = trip;
    void thisDevice().then((device) => (this.#device = device));
  }

  /** `小宋 · 另一部设备`; nobody's id means whoever uses this phone, and the server writes as a device. */
  line(by: string | null, device: string | null): string {
    if (device === 'server') return t('history.program');
    const name = by === null ? t('history.you') : this.#members.value.find((one) => one.user === by)?.name;
    const where = device === this.#device ? t('settle.thisPhone') : t('settle.otherDevice');
    return [name, device ? where : null].filter(Boolean).join(' · ');
  }
}
