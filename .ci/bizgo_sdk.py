"""The dealer's own SDK judges the emulator: usage: bizgo_sdk.py BASE_URL KEY JPEG"""

import json
import struct
import sys
import time
import urllib.request
import zlib

from bizgo import AlimtalkMessage, APIError, AuthenticationError, BadRequestError, Bizgo, BrandMessage, MmsMessage, RateLimitError, SmsMessage
from bizgo.models import Destination

base_url, key, jpeg = sys.argv[1:]
checks = 0


def check(what, condition):
    global checks
    if not condition:
        sys.exit(f"FAILED: {what}")
    checks += 1
    print(f"ok: {what}")


def png(width, height):
    """A grey PNG."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + b"\x99" * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


with Bizgo(api_key=key, base_url=base_url) as client:
    picture = client.files.upload_brand_message(png(800, 400), kind="carouselFeed", filename="card.png")
    check("a picture is uploaded", picture.img_url.startswith("https://"))

    def card(n):
        return {
            "header": f"카드 {n}",
            "message": f"내용 {n}",
            "attachment": {
                "button": [{"type": "WL", "name": "자세히 보기", "urlPc": "https://www.example.go.kr/1", "urlMobile": "https://www.example.go.kr/1"}],
                "image": {"imgUrl": picture.img_url, "imgLink": "https://www.example.go.kr/1"},
            },
        }

    flow = [
        BrandMessage(send_type="free", msg_type="FC", sender_key="SENDER_KEY_EXAMPLE", targeting="I", ad_flag="Y",
                     carousel={"list": [card(1), card(2)], "tail": {"urlMobile": "https://www.example.go.kr/all"}}),
        MmsMessage(from_="0310000000", title="(광고) 주간 소식", text="(광고) 예시시 주간 소식 무료거부 0800000000"),
    ]
    people = [f"0100000{n:04d}" for n in range(1, 51)]
    first = client.send.omni(to=people, messages=flow, idempotency_key="weekly-1", ref="w48")
    check("50 recipients are accepted", len(first.succeeded) == 50 and not first.failed and not first.duplicates)
    again = client.send.omni(to=people + ["01000000051"], messages=flow, idempotency_key="weekly-1", ref="w48")
    check("a repeat comes back as duplicates", len(again.duplicates) == 50 and len(again.succeeded) == 1)
    check("a repeat has no message keys but the new one's", len(again.msg_keys) == 1)

    time.sleep(1.2)
    reports = []
    check("receipts are polled and acknowledged", client.reports.consume(reports.extend) == 51 and len(reports) == 51)
    check("a receipt is a success with its reference", reports[0].report_code == "10000" and reports[0].ref == "w48")
    check("nothing is left to poll", client.reports.poll().empty)
    key_of_one = first.msg_keys[0]
    check("one message is looked up", client.reports.inquiry(key_of_one)[0].msg_key == key_of_one)
    check("its status is known", client.messages.status(key_of_one)[0].response_code == "A000")
    check("its request is known", len(client.messages.status_by_request_id(key_of_one[:-3])) == 50)

    template = {"code": "TP0", "text": "#{이름}님, 여권이 나왔습니다."}
    approve = urllib.request.Request(f"{base_url}/_emulator/templates", data=json.dumps([template]).encode())
    urllib.request.urlopen(approve).close()
    alimtalk = AlimtalkMessage(send_type="template", sender_key="SENDER_KEY_EXAMPLE", template_code="TP0")
    passports = [Destination(to=f"0100000{n:04d}", replace_words={"이름": f"시민 {n}"}) for n in range(60, 63)]
    sent = client.send.omni(to=passports, messages=[alimtalk], idempotency_key="passport-1")
    check("an Alimtalk with each recipient's own words is accepted", len(sent.succeeded) == 3)
    try:
        client.send.omni(to=[Destination(to="01000000060", replace_words={})], messages=[alimtalk])
        check("a word that is missing is refused", False)
    except BadRequestError as error:
        check("a word that is missing is refused", error.code == "A300")

    try:
        client.send.sms(to="01000000001", from_="0310000000", text="안내", idempotency_key="k" * 200)
        check("an SMS is accepted", True)
    except Exception as error:  # noqa: BLE001
        sys.exit(f"FAILED: an SMS: {error}")
    try:
        flow[0].ad_flag = "N"
        client.send.omni(to=people[:1], messages=flow)
        sys.exit("FAILED: a carousel without adFlag=Y was taken")
    except BadRequestError as error:
        check("a carousel without adFlag=Y is refused by A506", error.code == "A506")

    bulk = client.send.bulk(to=[f"0100001{n:04d}" for n in range(600)], messages=[SmsMessage(from_="0310000000", text="안내")],
                            idempotency_key_prefix="bulk")
    check("600 in bulk keep within the rate", bulk.ok and len(bulk.msg_keys) == 600)

with Bizgo(api_key=key, base_url=base_url) as client:
    sender = "SENDER_KEY_EXAMPLE"
    brand = client.brand_message
    picture = client.files.upload_brand_message(png(800, 400), kind="carouselFeed", filename="card.png")
    template = {
        "senderKey": sender, "senderKeyType": "S", "sendType": "basic", "templateName": "w48", "msgType": "FC",
        "carousel": {"list": [card(1), card(2)], "tail": {"urlMobile": "https://www.example.go.kr/all"}},
    }
    code = brand.templates.create({"brandmessage": template}).brandmessage.template_code
    read = brand.templates.get(sender_key=sender, template_code=code, send_type="basic").brandmessage
    check("a template is registered and read again", read.msg_type == "FC" and read.status == "A")
    check("it stands in the list", code in [one.template_code for one in brand.templates.iter_list(sender_key=sender)])

    friends = brand.audience.get_friend_count(sender_key=sender).brandmessage.count
    possible = brand.audience.check_possible(sender_key=sender, msg_type="FC").brandmessage.possible
    check("the friends are counted", friends == possible == 12000)
    estimate = brand.audience.estimate(sender_key=sender, start_time="2026-11-27T16:00:00", count=possible).brandmessage
    check("the end is estimated", str(estimate.estimated_finished_at).startswith("2026-11-27"))
    start = {"senderKey": sender, "templateCode": code, "sendStartAt": "2026-11-27 16:00:00", "campaignId": "w48", "tpsLimit": 500}
    sending = brand.group_sends.create({"brandmessage": start}).brandmessage
    check("a group send waits for its start", sending.status == "READY" and sending.expected_count == 12000 and sending.send_count == 0)
    again = brand.group_sends.get(sender_key=sender, request_id=int(sending.request_id)).brandmessage
    check("it is looked up by its number", again.campaign_id == "w48" and again.template_code == code)
    for what, wrong, expected in [
        ("a second start of a campaign", start, "A301"),
        ("a start at night", {**start, "campaignId": "w48b", "sendStartAt": "2026-11-27 20:50:00"}, "A330"),
        ("a start in five minutes", {**start, "campaignId": "w48c", "sendStartAt": "2026-11-27 15:05:00"}, "A316"),
        ("an unknown template", {**start, "campaignId": "w48d", "templateCode": "NONE"}, "A505"),
    ]:
        try:
            brand.group_sends.create({"brandmessage": wrong})
            sys.exit(f"FAILED: {what} was taken")
        except APIError as error:
            check(f"{what} is refused by {expected}", error.code == expected)
    handle = {"brandmessage": {"senderKey": sender, "requestId": sending.request_id}}
    check("it is terminated", brand.group_sends.terminate(handle).brandmessage.status == "TERMINATED")

    numbers = [f"0100003{n:04d}" for n in range(12)]
    group = {"senderKey": sender, "friendGroupKey": "hoecheon1", "phoneNumbers": numbers}
    brand.friend_groups.create({"friendGroup": group})
    time.sleep(1)
    made = brand.friend_groups.get(sender_key=sender, friend_group_key="hoecheon1").friend_group
    check("a friend group is made", made.user_count == 12)
    brand.friend_groups.delete_phone_numbers({"friendGroup": {**group, "phoneNumbers": numbers[:2]}})
    time.sleep(1)
    changes = list(brand.friend_groups.iter_list_phone_number_requests(sender_key=sender, friend_group_key="hoecheon1"))
    check("its changes are listed", len(changes) == 2)
    check("it can get what is sent", brand.audience.check_possible(sender_key=sender, msg_type="FC", friend_group_key="hoecheon1").brandmessage.possible == 10)
    brand.friend_groups.delete(sender, "hoecheon1")
    check("a group that was deleted is not listed", not brand.friend_groups.list(sender_key=sender).friend_groups)
    words = {
        "senderKey": sender, "senderKeyType": "S", "sendType": "basic", "templateName": "own words", "msgType": "FT",
        "text": "#{이름}님, 금요일에 만나요.",
        "attachment": {"button": [{"type": "WL", "name": "보기", "urlPc": "https://www.example.go.kr/#{event}",
                                   "urlMobile": "https://www.example.go.kr/#{event}"}]},
    }
    own = brand.templates.create({"brandmessage": words}).brandmessage.template_code
    by_template = {"brandmessage": {"sendType": "template", "senderKey": sender, "templateCode": own, "targeting": "I"}}
    citizen = lambda n: {"to": f"0100004{n:04d}", "replaceWords": {"이름": f"시민 {n}", "event": str(n)}}
    taken = client.send.omni(to=[citizen(n) for n in range(3)], messages=[by_template])
    check("a template is sent with each recipient's own words", len(taken.succeeded) == 3)
    try:
        client.send.omni(to=[{**citizen(0), "replaceWords": {"이름": "시민"}}], messages=[by_template])
        sys.exit("FAILED: a variable without a value was taken")
    except BadRequestError as error:
        check("a variable without a value is refused by A300", error.code == "A300")
    changed = brand.templates.update({"brandmessage": {**words, "templateCode": own, "text": "다음 주에 만나요.", "attachment": {}}})
    check("a template is changed", changed.brandmessage.text == "다음 주에 만나요.")
    basic = {"brandmessage": {"sendType": "basic", "msgType": "FT", "senderKey": sender, "templateCode": own, "targeting": "I"}}
    check("without variables it goes as it was registered", len(client.send.omni(to="01000050000", messages=[basic]).succeeded) == 1)
    brand.templates.delete(sender, own)
    file_key = client.files.upload_mms(open(jpeg, "rb").read(), filename="card.jpg").file_key
    check("a text goes with a picture", client.send.mms(to="01000050001", from_="0310000000", text="소식", file_keys=[file_key]).msg_keys)
    passport = {
        "senderKey": sender, "senderKeyType": "S", "templateName": "여권 안내", "templateCode": "PASS1", "categoryCode": "999999",
        "templateMessageType": "EX", "templateEmphasizeType": "TEXT", "title": "여권", "text": "#{이름}님, 여권이 나왔습니다.",
        "extra": "문의 031-000-0000",
        "attachment": {"button": [{"type": "WL", "name": "보기", "urlMobile": "https://www.example.go.kr/#{번호}"}]},
    }
    alimtalks = client.alimtalk.templates
    made = alimtalks.create({"alimtalk": passport})
    check("a template of Alimtalk is registered", made.inspection_status == "REG" and made.msg_type == "AT")
    check("its words are changed", alimtalks.update({"alimtalk": {**passport, "text": "#{이름}님, 안내입니다."}}).text == "#{이름}님, 안내입니다.")
    ours = {"alimtalk": {"senderKey": sender, "templateCode": "PASS1"}}
    alimtalks.request_inspection(body=ours)
    alimtalks.cancel_inspection(ours)
    alimtalks.request_inspection(body={"alimtalk": {**ours["alimtalk"], "comment": "민원실 안내"}})
    decide = urllib.request.Request(f"{base_url}/_emulator/inspections", data=json.dumps({"code": "PASS1", "verdict": "REJ", "comment": "기관"}).encode())
    urllib.request.urlopen(decide).close()
    rejected = alimtalks.get(sender_key=sender, template_code="PASS1")
    check("a rejection is told with its comments", rejected.inspection_status == "REJ" and [c.status for c in rejected.comments] == ["REQ", "REJ"])
    check("it stands in the list of the rejected", [t.template_code for t in alimtalks.list(sender_key=sender, inspection_status="REJ")] == ["PASS1"])
    alimtalks.delete(sender, "PASS1")
    check("deleted, it does not", not list(alimtalks.list(sender_key=sender)))
    image = client.files.upload_alimtalk_template_image(png(800, 400), filename="passport.png")
    check("a picture for one is uploaded", image.img_url.startswith("https://") and image.file_name == "passport.png")
    check("the categories are listed", client.alimtalk.template_categories.list().categories[0].code == "999999")

    tag = lambda name: {"groupTag": {"groupTagKey": "weekly", "groupTagName": name}}
    check("a group tag is made", brand.group_tags.create(tag("주간")).group_tags[0].group_tag_key == "weekly")
    brand.group_tags.update(tag("금요"))
    check("its name is changed", brand.group_tags.get(sender_key=sender, group_tag_key="weekly").group_tags[0].group_tag_name == "금요")
    counted = BrandMessage(send_type="free", msg_type="FT", sender_key=sender, targeting="I", ad_flag="Y", text="소식", group_tag_key="weekly")
    check("a message goes under it", client.send.omni(to="01000050002", messages=[counted]).msg_keys)
    brand.group_tags.delete(sender, "weekly")
    check("deleted, it is not listed", not brand.group_tags.list(sender_key=sender).group_tags)
    brand.unsubscribe_contents.register({"brandmessage": {"senderKey": sender, "unsubscribePhoneNumber": "080-000-0000"}})
    evidence = brand.marketing_agreements.upload_evidence(sender_key=sender, file=b"how consents were asked for", filename="consents.pdf")
    check("evidence of consents is uploaded", evidence.marketing_agree.file_key)
    try:
        brand.permissions.check(sender_key=sender)
        sys.exit("FAILED: 12,000 friends may ask for the permission")
    except BadRequestError as error:
        check("a channel of 12,000 friends may not ask for the permission", error.code == "A325")
    days = {"start_date": "20261127", "end_date": "20261127", "sender_key": sender}
    insight = client.insights.brand_message.get(**days).statistics[0]
    check("insights count what arrived", insight.success_count > 50 and insight.fail_count == 0)
    hours = client.insights.brand_message.get_hourly(**days).statistics
    check("by the hour", len(hours) == 24 and sum(hour.success_count for hour in hours) == insight.success_count)
    codes = [one.template_code for one in client.insights.brand_message.get_by_template(**days).statistics]
    check("and by template", own in codes)
    check("Alimtalk apart", client.insights.alimtalk.get(**days).statistics[0].success_count == 3)
    brand.templates.delete(sender, code)
    check("a template that was deleted is not listed", not list(brand.templates.iter_list(sender_key=sender)))

    body = {
        "destinations": [{"to": f"0100004{n:04d}", "ref": f"r{n}"} for n in range(5)],
        "messageFlow": [{"sms": {"from": "0310000000", "text": "내일 안내"}}],
        "resvSendTime": "2026-11-28 10:00:00", "resvName": "w48-later",
    }
    reserved = client.reservations.create(body)
    listed = list(client.reservations.iter_list(resv_send_time="2026-11-28 00:00:00"))
    check("a reservation is made and listed", [one.resv_name for one in listed] == ["w48-later"] and listed[0].expected_cnt == 5)
    check("its recipients are listed", len(list(client.reservations.recipients.iter_list(reserved.resv_key, limit=2))) == 5)
    check("it waits", client.reservations.get(reserved.resv_key).status == "PENDING")
    moved = client.reservations.update(reserved.resv_key, {"resvSendTime": "2026-11-28 11:00:00"})
    check("it is moved, and keeps its name", moved.resv_send_time == "2026-11-28 11:00:00" and moved.resv_name == "w48-later")
    first = next(iter(client.reservations.recipients.iter_list(reserved.resv_key)))
    client.reservations.recipients.delete(reserved.resv_key, first.msg_key)
    check("one recipient is taken out of it", client.reservations.get(reserved.resv_key).expected_cnt == 4)
    check("it is cancelled", client.reservations.cancel(reserved.resv_key).status == "CANCELLED")
    for what, at, expected in [("nine minutes", "2026-11-27 15:09:00", "A316"), ("two years", "2028-11-27 15:00:00", "A331")]:
        try:
            client.reservations.create({**body, "resvSendTime": at})
            sys.exit(f"FAILED: a reservation {what} ahead was taken")
        except BadRequestError as error:
            check(f"a reservation {what} ahead is refused by {expected}", error.code == expected)

with Bizgo(api_key="WRONG", base_url=base_url) as client:
    try:
        client.send.sms(to="01000000001", from_="0310000000", text="안내")
        sys.exit("FAILED: a wrong key was taken")
    except AuthenticationError as error:
        check("a wrong key is an AuthenticationError", error.http_status == 401)

with Bizgo(api_key=key, base_url=base_url, rate_limit=None, max_retries=0) as client:
    try:
        for n in range(3):
            client.send.sms(to=[f"0100002{i:04d}" for i in range(200)], from_="0310000000", text="안내")
        sys.exit("FAILED: 600 in a second were taken")
    except RateLimitError as error:
        check("too many in a second is a RateLimitError with its wait", error.retry_after >= 1)

print(f"{checks} passed, 0 failed")
