// Drives the emulator with SOLAPI's own SDK for Node.js.
//
// usage: node solapi_sdk.mjs FOLDER_OF_NODE_MODULES EMULATOR_URL KEY SECRET
import { createRequire } from "node:module";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync, crc32 as zlibCrc } from "node:zlib";

const [folder, base, key, secret] = process.argv.slice(2);
const { SolapiMessageService } = createRequire(join(folder, "x.js"))("solapi");

// The SDK has one host; everything else of it is as it is published.
const HOST = "https://api.solapi.com";
const real = globalThis.fetch;
let calls = 0;
globalThis.fetch = (url, options) => {
  if (!String(url).startsWith(HOST)) throw new Error(`a call to somewhere else: ${url}`);
  calls += 1;
  return real(base + String(url).slice(HOST.length), options);
};
const emulator = async (path, body) => {
  const answer = await real(`${base}/_emulator/${path}`, body && { method: "POST", body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
};

let passed = 0;
const failures = [];
async function test(name, work) {
  try {
    await work();
    passed += 1;
    console.log(`ok   ${name}`);
  } catch (error) {
    failures.push(name);
    console.log(`FAIL ${name}: ${error?.stack ?? error}`, JSON.stringify(error).slice(0, 2000));
  }
}
function is(found, wanted, what = "") {
  const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (a !== b) throw new Error(`${what}: ${a}, not ${b}`);
}
async function fails(work, tag, code) {
  try {
    await work();
  } catch (error) {
    is(error._tag ?? error.name, tag, "the error's kind");
    if (code) is(error.errorCode, code, "the error's code");
    return error;
  }
  throw new Error(`it went well, and should have failed with ${tag}`);
}

// A grey PNG.
function png(width, height) {
  const table = zlibCrc ?? ((bytes) => {
    let crc = ~0;
    for (const byte of bytes) {
      crc ^= byte;
      for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc >>> 0;
  });
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, crc] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    crc.writeUInt32BE(table(body) >>> 0);
    return Buffer.concat([length, body, crc]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 0, 0, 0, 0], 8);
  const rows = Buffer.alloc((width + 1) * height, 0x99);
  for (let row = 0; row < height; row += 1) rows[row * (width + 1)] = 0;
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", head), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}
const pictures = mkdtempSync(join(tmpdir(), "solapi-"));
const file = (name, width, height) => {
  const path = join(pictures, name);
  writeFileSync(path, png(width, height));
  return path;
};
const [flat, tall, square] = [file("flat.png", 800, 400), file("tall.png", 800, 600), file("square.png", 600, 600)];

const solapi = new SolapiMessageService(key, secret);
const from = "031-000-0000";
const to = (number) => `010-0000-${String(number).padStart(4, "0")}`;
const pfId = "KA01PF000000000000000000000000000";
const link = "https://www.example.go.kr/news/1";
const button = { linkType: "WL", name: "보기", linkMobile: link, linkPc: link };
const goods = { title: "지역 쌀", regularPrice: 20000, discountPrice: 18000, discountRate: 10 };
const brand = (number, bms, text) => ({
  to: to(number), type: "BMS_FREE", ...(text ? { text } : {}), kakaoOptions: { pfId, bms: { targeting: "I", ...bms } },
});

await test("a short and a long text", async () => {
  const short = await solapi.send({ to: to(1), from, text: "양주시 소식" }, { showMessageList: true });
  is([short.groupInfo.count.total, short.groupInfo.count.registeredSuccess, short.failedMessageList.length], [1, 1, 0]);
  is([short.groupInfo.countForCharge.sms["82"], short.messageList.length, short.messageList[0].statusCode], [1, 1, "2000"]);
  const long = await solapi.send({ to: to(1), from, subject: "소식", text: "양주시 소식 ".repeat(20) });
  is(long.groupInfo.countForCharge.lms["82"], 1);
});

const ids = {};
await test("pictures of every place", async () => {
  for (const [type, path] of [
    ["BMS", flat], ["BMS_WIDE", tall], ["BMS_WIDE_MAIN_ITEM_LIST", flat], ["BMS_WIDE_SUB_ITEM_LIST", square],
    ["BMS_CAROUSEL_FEED_LIST", flat], ["BMS_CAROUSEL_COMMERCE_LIST", flat], ["KAKAO", flat],
  ]) {
    const answer = await solapi.uploadFile(path, type, undefined, type === "KAKAO" ? link : undefined);
    is(answer.type, type);
    ids[type] = answer.fileId;
  }
  await fails(() => solapi.uploadFile(square, "BMS_CAROUSEL_FEED_LIST"), "ClientError");
});

const card = (n) => ({ header: `소식 ${n}`, content: "본문", imageId: ids.BMS_CAROUSEL_FEED_LIST, buttons: [button] });
const offer = { commerce: goods, imageId: ids.BMS_CAROUSEL_COMMERCE_LIST, buttons: [button] };
const item = (n) => ({ title: `소식 ${n}`, imageId: ids.BMS_WIDE_SUB_ITEM_LIST, linkMobile: link });
const coupon = { title: "1000원 할인 쿠폰", description: "시장에서", linkMobile: link };
const kinds = [
  [{ chatBubbleType: "TEXT", buttons: [button], coupon }, "양주시 소식입니다."],
  [{ chatBubbleType: "IMAGE", imageId: ids.BMS, imageLink: link, buttons: [button] }, "양주시 소식입니다."],
  [{ chatBubbleType: "WIDE", imageId: ids.BMS_WIDE, buttons: [button] }, "양주시 소식입니다."],
  [{
    chatBubbleType: "WIDE_ITEM_LIST", header: "이번 주", buttons: [button], subWideItemList: [item(1), item(2), item(3)],
    mainWideItem: { title: "첫 소식", imageId: ids.BMS_WIDE_MAIN_ITEM_LIST, linkMobile: link },
  }],
  [{ chatBubbleType: "COMMERCE", imageId: ids.BMS, commerce: goods, buttons: [button] }],
  [{ chatBubbleType: "CAROUSEL_FEED", carousel: { list: [card(1), card(2), card(3)], tail: { linkMobile: link } } }],
  [{ chatBubbleType: "CAROUSEL_COMMERCE", carousel: { list: [offer, offer] } }],
  [{ chatBubbleType: "PREMIUM_VIDEO", video: { videoUrl: "https://tv.kakao.com/v/1", imageId: ids.KAKAO } }, undefined],
];
for (const [number, [bms, text]] of kinds.entries()) {
  await test(`a brand message of the type ${bms.chatBubbleType}`, async () => {
    const answer = await solapi.send(brand(10 + number, bms, text));
    is([answer.groupInfo.count.registeredSuccess, answer.failedMessageList], [1, []]);
  });
}

await test("an Alimtalk with variables", async () => {
  await emulator("templates", [
    { code: "KA01TP0", text: "#{이름}님, 여권이 나왔습니다.", more: ["https://www.example.go.kr/#{번호}"] },
  ]);
  const options = (variables) => ({ pfId, templateId: "KA01TP0", variables, disableSms: true });
  const good = await solapi.send({ to: to(30), from, kakaoOptions: options({ 이름: "시민", "#{번호}": "17" }) });
  is([good.groupInfo.count.registeredSuccess, good.groupInfo.countForCharge.ata["82"]], [1, 1]);
  const bad = await fails(
    () => solapi.send({ to: to(30), from, kakaoOptions: options({ 이름: "시민" }) }), "MessageNotReceivedError",
  );
  is(bad.failedMessageList[0].statusCode, "1043", "a variable without a value");
});

await test("ten thousand at once", async () => {
  const messages = Array.from({ length: 10_000 }, (_, n) => ({
    to: `0100001${String(n).padStart(4, "0")}`, from, text: "양주시 소식", customFields: { ref: `r${n}` },
  }));
  const answer = await solapi.send(messages);
  is([answer.groupInfo.count.total, answer.groupInfo.count.registeredSuccess], [10_000, 10_000]);
});

await test("one at a time to come, and its cancelling", async () => {
  const later = new Date(Date.now() + 3_600_000);
  const { groupInfo } = await solapi.send({ to: to(1), from, text: "예약" }, { scheduledDate: later });
  is((await solapi.getGroup(groupInfo.groupId)).status, "SCHEDULED");
  await solapi.removeReservationToGroup(groupInfo.groupId);
  const group = await solapi.getGroup(groupInfo.groupId);
  is([group.status, group.count.sentFailed], ["FAILED", 1]);
  await fails(() => solapi.removeReservationToGroup(groupInfo.groupId), "ClientError", "EmuInvalid");
});

await test("a group, filled, emptied, scheduled, deleted and sent", async () => {
  const id = await solapi.createGroup(false, undefined, { edition: "w48" });
  const filled = await solapi.addMessagesToGroup(id, [1, 2, 3].map((n) => ({ to: to(n), from, text: "모음" })));
  is([filled.errorCount, filled.resultList.length], [0, 3]);
  const listed = await solapi.getGroupMessages(id, { limit: 2 });
  is([Object.keys(listed.messageList).length, typeof listed.nextKey], [2, "string"]);
  const emptied = await solapi.removeGroupMessages(id, [filled.resultList[0].messageId]);
  is([emptied.errorCount, emptied.resultList.length], [0, 1]);
  is(Object.keys((await solapi.getMessages({ groupId: id })).messageList).length, 2, "what was taken out is not listed");
  await solapi.reserveGroup(id, new Date(Date.now() + 3_600_000));
  is((await solapi.getGroup(id)).status, "SCHEDULED");
  await solapi.removeReservationToGroup(id);
  const other = await solapi.createGroup(true);
  await solapi.addMessagesToGroup(other, [{ to: to(1), from, text: "모음" }, { to: to(1), from, text: "모음 2" }]);
  await solapi.sendGroup(other);
  is((await solapi.getGroup(other)).count.registeredSuccess, 2);
  await fails(() => solapi.addMessagesToGroup(other, { to: to(9), from, text: "늦음" }), "ClientError", "EmuInvalid");
  const empty = await solapi.createGroup();
  await solapi.removeGroup(empty);
  is((await solapi.getGroup(empty)).status, "DELETED", "a deleted group is told as such");
  await fails(() => solapi.addMessagesToGroup(empty, { to: to(1), from, text: "늦음" }), "ClientError", "EmuInvalid");
  const groups = await solapi.getGroups({ limit: 3 });
  is(Object.keys(groups.groupList).length, 3);
});

await test("lists, statistics, balance", async () => {
  const mine = await solapi.getMessages({ to: to(1).replaceAll("-", ""), limit: 500, dateType: "CREATED", startDate: new Date(Date.now() - 3_600_000) });
  const all = Object.values(mine.messageList);
  is(all.map((one) => one.to).filter((one) => one !== to(1).replaceAll("-", "")), []);
  is(all.length > 3, true, `${all.length} messages`);
  const statistics = await solapi.getStatistics();
  is(statistics.total.total > 10_000, true);
  const balance = await solapi.getBalance();
  is(balance.balance > 0 && balance.balance < 1_000_000_000, true);
});

await test("what is refused, one by one and whole", async () => {
  const some = await solapi.send([{ to: to(1), from, text: "중복" }, { to: to(1), from, text: "중복" }]);
  is([some.failedMessageList.length, some.failedMessageList[0].statusCode], [1, "1026"]);
  const none = await fails(() => solapi.send({ to: to(1), from, text: "그림 😀" }), "MessageNotReceivedError");
  is(none.failedMessageList[0].statusCode, "1029");
  await fails(() => solapi.getGroup("G4VNONE"), "ClientError", "EmuNotFound");
});

await test("signatures", async () => {
  const stranger = new SolapiMessageService("OTHERKEY", secret);
  await fails(() => stranger.send({ to: to(1), from, text: "x" }), "ClientError", "InvalidAPIKey");
  const liar = new SolapiMessageService(key, "OTHERSECRET");
  await fails(() => liar.getBalance(), "ClientError", "SignatureDoesNotMatch");
});

await test("what goes wrong on the way, as the SDK understands it", async () => {
  const status = (code) => ({ status: { code } });
  await emulator("faults", [status(503), status(503)]);
  const before = calls;
  is((await solapi.getBalance()).point, 0, "two answers of 503 are tried again");
  is(calls - before, 3);
  await emulator("faults", [status(500)]);
  await fails(() => solapi.getBalance(), "ServerError", "HTTP_500");
  await emulator("faults", [{ too_many: { seconds: 1 } }]);
  await fails(() => solapi.getBalance(), "ClientError", "EmuTooMany");
  await emulator("faults", ["wrong_json"]);
  await fails(() => solapi.getBalance(), "ResponseSchemaMismatchError");
  await emulator("faults", ["truncated"]);
  await fails(() => solapi.getBalance(), "NetworkError");
});

console.log(`${passed} passed, ${failures.length} failed; ${calls} calls by the dealer's SDK for Node.js`);
process.exit(failures.length ? 1 : 0);
