"""Run by b4's own Python, in a repository: what `b4 review` does, without its screen where there is a choice.

python driver.py branch MBOX BASE NAME    the review branch, made as its list of series makes one
python driver.py checks                   the check commands of git's configuration, run on the branch's mails
python driver.py opened                   the series opened: what reviewers have said of each patch
python driver.py screen KEY...            the review screen after each of these keys, as text with a form feed between (needs b4[tui])
"""

import argparse
import asyncio
import io
import json
import sys
from pathlib import Path

import b4
import b4.review
import b4.review.checks
import b4.review.tracking
import liblore.utils

BASE_LINK = "https://lore.example.org/%s"


def branch(path, base, name):
    b4.can_network = False
    messages = liblore.utils.split_mbox(Path(path).read_bytes())
    box = b4.LoreMailbox()
    for message in messages:
        box.add_message(message)
    series = box.get_series(sloppytrailers=False, codereview_trailers=False)
    ready = series.get_am_ready(noaddtrailers=True)
    stream = io.BytesIO()
    b4.save_git_am_mbox(ready, stream)
    top = b4.git_get_toplevel()
    b4.git_fetch_am_into_repo(
        top, ambytes=stream.getvalue(), at_base=base, origin=BASE_LINK, am_flags=["-3"]
    )
    b4.review.create_review_branch(
        top, "b4/review/" + name, base, series, BASE_LINK % "x", BASE_LINK
    )
    b4.review.tracking._store_thread_blob(top, name, messages)


def session():
    return b4.review._review._prepare_review_session(argparse.Namespace(branch=None))


def checks(*forget):
    top = b4.git_get_toplevel()
    opened = session()
    blob = opened["series"]["thread-blob"]
    thread = liblore.utils.split_mbox(b4.review.tracking.get_thread_mbox(top, blob))
    if forget:
        opened = session()
        cover, tracking = opened["cover_text"], opened["tracking"]
        tracking["series"].pop("thread-blob")
        b4.review.save_tracking_ref(top, opened["branch"], cover, tracking)
    Path("tracking.json").write_text(json.dumps(opened["tracking"]))
    variables = {"B4_TRACKING_FILE": "tracking.json"}
    each, whole = b4.review.checks.load_check_cmds()
    pairs = [
        (mail["message-id"].strip("<>"), mail) for mail in thread if "PATCH" in mail["subject"]
    ]
    cover = [pair for pair in pairs if " 0/" in pair[1]["subject"]]
    patches = [pair for pair in pairs if pair not in cover]
    found = b4.review.checks.run_perpatch_checks(patches, each, top, extra_env=variables)
    for pair in cover:
        found[pair[0]] = b4.review.checks.run_series_checks(pair, whole, top, extra_env=variables)
    return json.dumps(found)


def opened():
    found = session()
    patches = [patch.get("reviews", {}) for patch in found["patches"]]
    return json.dumps([found["series"].get("reviews", {}), *patches])


def screen(*keys):
    from b4.review_tui._review_app import ReviewApp  # noqa: PLC0415 - only with b4[tui]

    async def played():
        app = ReviewApp({**session(), "email_dryrun": True, "patatt_sign": False})
        async with app.run_test(size=(140, 45)) as pilot:
            await pilot.pause()
            seen = []
            for key in keys:
                await pilot.press(key)
                await pilot.pause()
                await app.workers.wait_for_complete()
                await pilot.pause()
                seen.append("\n".join(text_of(log) for log in shown(app)))
            return "\f".join(seen)

    def shown(app):
        return [w for w in app.screen.query("RichLog") if w.display]

    def text_of(log):
        return "\n".join(strip.text.rstrip() for strip in log.lines)

    return asyncio.run(played())


def main(verb, *words):
    b4.setup_config(argparse.Namespace(config={}))
    verbs = {"branch": branch, "checks": checks, "opened": opened, "screen": screen}
    sys.stdout.write(f"{verbs[verb](*words) or ''}\n")


main(*sys.argv[1:])
