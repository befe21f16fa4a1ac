"""The switch that silences a channel, on the console's page."""

import time

PATIENCE = 60


def until(condition) -> bool:
    """Whether a condition comes true before patience is at its end."""
    end = time.monotonic() + PATIENCE
    while not (held := condition()) and time.monotonic() < end:
        time.sleep(0.02)
    return held


def test_a_channel_is_silenced_with_a_reason_and_speaks_again(reviewer, editor):
    assert "130家" in editor.ask("食堂甲")
    reviewer.get("/staff/channels")
    reviewer.post("/staff/channels/web", do="off", why="说错<b>电话</b>")
    assert "停掉了" in reviewer.text and "说错&lt;b&gt;电话" in reviewer.page and "周审" in reviewer.text
    assert until(lambda: "130家" not in editor.client.post("/chat", json={"text": "食堂甲"}).text)
    assert editor.get("/staff") and editor.status == 200
    reviewer.post("/staff/channels/web", do="on")
    assert until(lambda: "130家" in editor.client.post("/chat", json={"text": "食堂甲"}).text)


def test_a_channel_is_silenced_by_no_form_but_ours_and_never_without_a_reason(reviewer):
    for form in ({"do": "garbage", "why": "x"}, {"why": "x"}, {"do": "off"}, {"do": "off", "why": " "}):
        reviewer.get("/staff/channels")
        reviewer.post("/staff/channels/wecom", **form)
        assert reviewer.status == 400, form
    assert "请写为什么停，最多 400 字" in reviewer.text
    reviewer.get("/staff/channels")
    reviewer.post("/staff/channels/wecom", do="off", why="长" * 401)
    assert reviewer.status == 400
    reviewer.get("/staff/channels")
    assert "恢复回答" not in reviewer.text
    reviewer.post("/staff/channels/wecom", do="off", why="长" * 400)
    assert reviewer.status == 200 and "停掉了" in reviewer.text
    reviewer.post("/staff/channels/wecom", do="on")


def test_it_is_written_down_and_no_editor_may(editor, reviewer, admin):
    assert (editor.get("/staff/channels") and editor.status) == 403
    editor.get("/staff")
    assert (editor.post("/staff/channels/web", do="off", why="x") and editor.status) == 403
    reviewer.get("/staff/channels")
    assert (reviewer.post("/staff/channels/nowhere", do="off", why="x") and reviewer.status) == 404
    reviewer.get("/staff/channels")
    reviewer.post("/staff/channels/wechat", do="off", why="试试")
    reviewer.post("/staff/channels/wechat", do="on")
    admin.get("/staff/users")
    assert "停掉渠道" in admin.text and "恢复渠道" in admin.text
