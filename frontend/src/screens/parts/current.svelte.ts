/** The trip that the screens are about, and the rows of it that nearly every screen needs. */
import {
  isExplained,
  liveContradictions,
  liveCurrentStop,
  liveCurrentTrip,
  liveMatters,
  livePeople,
  liveStops,
  liveUnits,
} from '../../domain';

class Current {
  readonly #live = liveCurrentTrip();
  readonly trip = $derived(this.#live.value);
  readonly ready = $derived(this.#live.ready);
  /** Empty while there is no trip. Changes only when another trip is chosen. */
  readonly id = $derived(this.trip?.id ?? '');
  readonly zone = $derived(this.trip?.timezone || undefined);

  readonly #stop = $derived(liveCurrentStop(this.id));
  readonly #stops = $derived(liveStops(this.id));
  readonly #people = $derived(livePeople(this.id));
  readonly #units = $derived(liveUnits(this.id));
  readonly #open = $derived(liveContradictions(this.id, ['open']));
  readonly #matters = $derived(liveMatters(this.id));

  readonly stop = $derived(this.#stop.value);
  readonly stops = $derived(this.#stops.value);
  readonly stopsReady = $derived(this.#stops.ready);
  readonly people = $derived(this.#people.value);
  readonly units = $derived(this.#units.value);
  /** Red while there are any: open, and not explained by another scope or time. */
  readonly toVerify = $derived(this.#open.value.filter((row) => !isExplained(row)));
  readonly matters = $derived(this.#matters.value);

  readonly personById = $derived(new Map(this.people.map((row) => [row.id, row])));
  readonly unitById = $derived(new Map(this.units.map((row) => [row.id, row])));
  readonly stopById = $derived(new Map(this.stops.map((row) => [row.id, row])));

  personName(id: string | null | undefined): string | null {
    return (id && this.personById.get(id)?.name) || null;
  }

  /** What a stop is called: its place, else its unit. */
  stopName(id: string | null | undefined): string | null {
    const stop = id ? this.stopById.get(id) : undefined;
    if (!stop) return null;
    return stop.place || (stop.unit && this.unitById.get(stop.unit)?.name) || null;
  }
}

export const current = new Current();
