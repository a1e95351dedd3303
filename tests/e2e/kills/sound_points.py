"""Points at which sound comes from elsewhere, or leaves while it is still being recorded."""

import base64
import re
from pathlib import Path

import numpy as np
from playwright.sync_api import expect

from tests.e2e import aide
from tests.e2e.kills.capture_points import find_sound_again, promise_sound
from tests.e2e.kills.ledger import sha256
from tests.e2e.kills.phone import hold_store, hold_store_next, let_go, read_bytes
from tests.e2e.kills.trial import Trial
from tests.support.audio import RATE, encode
from tests.support.holding_proxy import Place

# The system's share sheet posts a form to the app: a navigation, which the worker answers.
SHARE = """
([name, type, data]) => {
  const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
  const files = new DataTransfer();
  files.items.add(new File([bytes], name, { type }));
  const form = document.createElement('form');
  Object.assign(form, { method: 'POST', action: '/share', enctype: 'multipart/form-data' });
  const input = document.createElement('input');
  Object.assign(input, { type: 'file', name: 'files', multiple: true });
  input.files = files.files;
  form.append(input);
  document.body.append(form);
  form.submit();
}
"""


def sound_imported(trial: Trial) -> None:
    """A sound file of the phone's own recorder is read but not in the store; then it is, but its
    hash is not. It is shown and whole, or not shown and taken in again."""
    trial.begin("导入录音的一刻")
    for number, store in enumerate(("chunks", "shadow")):
        sound = make_sound(trial, f"import-{number}", 8 + number)
        hold_store(trial.page, store)
        trial.page.get_by_test_id("import-input").first.set_input_files(sound)
        trial.wait_queued()
        trial.kill()
        trial.open(offline=True)
        import_again_unless_kept(trial, sound)
    sound = make_sound(trial, "import-hash", 12)
    hold_store(trial.page, "chunks")
    trial.page.get_by_test_id("import-input").first.set_input_files(sound)
    trial.wait_queued()
    hold_store_next(trial.page, "shadow")
    let_go(trial.page, "chunks")
    shown = trial.page.locator("a[href^='/recording/']")
    expect(shown).to_have_count(len(trial.ledger.sounds) + 1)
    trial.kill()
    trial.open(offline=True)
    import_again_unless_kept(trial, sound)
    trial.go_online()


def sound_shared(trial: Trial) -> None:
    """Handed over by another app and waiting for its place; then while it is being taken in."""
    trial.begin("别的应用交来的录音")
    sound = make_sound(trial, "shared", 10)
    share(trial, sound)
    trial.kill()
    page = trial.open("/import", offline=True)
    expect(page.get_by_test_id("import-item")).to_have_count(1)
    hold_store(page, "shadow")
    page.get_by_test_id("import-take").click()
    trial.wait_queued()
    trial.kill()
    page = trial.open("/import", offline=True)
    expect(page.get_by_test_id("import-item")).to_have_count(1)
    page.get_by_test_id("import-take").click()
    expect(page.get_by_test_id("import-item")).to_have_count(0)
    trial.kill()
    page = trial.open(offline=True)
    expect(page.locator("a[href^='/recording/']")).to_have_count(1)
    expect(page.get_by_test_id("inbox-card")).to_have_count(0)
    promise_file(trial, sound)
    trial.go_online()


def recording_on_its_way(trial: Trial) -> None:
    """While a recording runs, a piece of it is half sent: found again, and sent on from there."""
    trial.begin("边录边传", offline=False)
    trial.wait_sent()
    places: tuple[Place, ...] = ("half", "answer")
    for place in places:
        hold = trial.proxy.hold("PATCH", r"/uploads/", place)
        aide.start_recording(trial.page)
        trial.reach(hold, 180)
        promise_sound(trial)
        trial.kill()
        trial.proxy.clear()
        find_sound_again(trial)
        trial.go_online()
        trial.wait_sent()


def make_sound(trial: Trial, name: str, seconds: int) -> Path:
    """A real WAV of a tone under noise, unlike any other."""
    noise = np.random.default_rng(seconds).normal(0, 0.05, seconds * RATE)
    tone = 0.3 * np.sin(2 * np.pi * 440 * np.arange(seconds * RATE) / RATE)
    pcm = (noise + tone).astype(np.float32)
    return encode(trial.device.profile.parent / f"{name}.wav", pcm, "pcm_s16le")


def import_again_unless_kept(trial: Trial, sound: Path) -> None:
    wanted = len(trial.ledger.sounds) + 1
    if len(trial.look().rows("media")) < wanted:
        trial.again += 1
        trial.page.get_by_test_id("import-input").first.set_input_files(sound)
    expect(trial.page.locator("a[href^='/recording/']")).to_have_count(wanted)
    promise_file(trial, sound)


def promise_file(trial: Trial, sound: Path) -> None:
    """The file as a whole must be there; found on the phone by its hash."""
    data = sound.read_bytes()
    digest = sha256(data)
    trial.wait_until(
        lambda: any(one["sha256"] == digest for one in read_bytes(trial.page).values()),
        "the file's bytes on the phone",
    )
    found = [one for one, kept in read_bytes(trial.page).items() if kept["sha256"] == digest]
    trial.ledger.sounds[max(found)] = (len(data), digest)


def share(trial: Trial, sound: Path) -> None:
    """What the system does when another app's share sheet chooses this app."""
    given = [sound.name, "audio/wav", base64.b64encode(sound.read_bytes()).decode()]
    trial.page.evaluate(SHARE, given)
    expect(trial.page).to_have_url(re.compile("/import$"))
    expect(trial.page.get_by_test_id("import-item")).to_have_count(1)
