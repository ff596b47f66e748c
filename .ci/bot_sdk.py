"""A published package for Kakao's Bot API judges the emulator: usage: bot_sdk.py BASE_URL TOKEN HOOK_PORT HEADER VALUE

It has a webhook of its own, at http://127.0.0.1:HOOK_PORT/, which reads events and answers them with the package's parts.
"""

import json
import queue
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer

from kakaotalk_bot import (
    KakaoBotApiError, KakaoBotSyncClient, SkillResponseBuilder, basic_card, message_button, parse_webhook_event, text_response,
    verify_custom_header, web_link_button,
)

base_url, token, port, header, secret = sys.argv[1:]
checks = 0
events = queue.Queue()


def check(what, condition):
    global checks
    if not condition:
        sys.exit(f"FAILED: {what}")
    checks += 1
    print(f"ok: {what}")


class Hook(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        known = verify_custom_header(self.headers.get(header), secret)
        self.send_response(204 if known else 401)
        self.end_headers()
        if known:
            events.put(parse_webhook_event(body))

    def log_message(self, *_):
        pass


def emulator(path, body=None):
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(f"{base_url}{path}", data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def say(text, user="citizen-0001"):
    """What a citizen says: the token of the answer, and the event as the package reads it."""
    shown = emulator("/_emulator/chat", {"user": user, "said": text, "to_bot": True})
    return shown["callback"], events.get(timeout=5)


def refused(what, code, work):
    try:
        work()
    except KakaoBotApiError as error:
        check(f"{what}: {code}", error.code == code)
    else:
        sys.exit(f"FAILED: {what} was taken")


server = HTTPServer(("127.0.0.1", int(port)), Hook)
threading.Thread(target=server.serve_forever, daemon=True).start()

with KakaoBotSyncClient(token, base_url=base_url) as client:
    callback, event = say("여권 어디서 만들어요?")
    check("an event is read by the package", event.type == "MESSAGE_CREATE" and event.content == "여권 어디서 만들어요?")
    check("it can be answered", event.can_reply and event.callback_token == callback)
    check("of a channel's chat", event.data["isChannelChatroom"] is True and event.bot_user_key == "bot-citizen-0001")
    sent = client.send_callback(callback, text_response("시청 민원실입니다."))
    check("an answer is taken", (sent["totalCount"], sent["sendCount"], sent["errorCount"]) == (1, 1, 0))
    shown = emulator(f"/_emulator/chat/{callback}")
    check("the citizen sees it", shown["template"]["outputs"][0]["simpleText"]["text"] == "시청 민원실입니다.")
    refused("a second answer", -881, lambda: client.send_callback(callback, text_response("또")))
    refused("an answer by no token", -881, lambda: client.send_callback("none", text_response("또")))

    callback, _ = say("소식")
    card = basic_card("점등식", "11월 28일(토) 17시", {"imageUrl": "https://blog.example.go.kr/1.png", "altText": "나무"},
                      [web_link_button("자세히 보기", "https://blog.example.go.kr/1"), message_button("다시")])
    client.send_callback(callback, SkillResponseBuilder().text("이번 주").add(card).quick_reply("처음으로").build())
    shown = emulator(f"/_emulator/chat/{callback}")["template"]
    check("a card by the package's builder", shown["outputs"][1]["basicCard"]["title"] == "점등식")
    check("and its quick reply", shown["quickReplies"][0]["label"] == "처음으로")

    client.send_to_user("bot-citizen-0001", text_response("문의하신 가로등을 고쳤습니다."))
    told = emulator("/_emulator/told/citizen-0001?after=0")["told"]
    check("a bot writes first", told[0]["outputs"][0]["simpleText"]["text"] == "문의하신 가로등을 고쳤습니다.")
    refused("someone who never wrote", -876, lambda: client.send_to_user("bot-citizen-0009", text_response("안녕")))
    refused("a room of several", -880, lambda: client.send_to_group("room", text_response("안녕")))
    refused("a bubble without text", -878, lambda: client.send_to_user("bot-citizen-0001", text_response("")))
    too_long = text_response("가" * 1001)
    refused("a bubble that is too long", -878, lambda: client.send_to_user("bot-citizen-0001", too_long))

with KakaoBotSyncClient("OTHER", base_url=base_url) as stranger:
    refused("another's token", -401, lambda: stranger.send_to_user("bot-citizen-0001", text_response("안녕")))
print(f"{checks} checks")
