// A city's week in a real browser: what a citizen reads and asks, what staff draft, approve, watch and answer.
//
// node .ci/browser.mjs NODE_MODULES LOG OUT
//
// LOG is what `citizen-desk --emulator` printed; OUT is where screenshots go. It ends with 1 where something is not as a person
// expects it, or where axe-core finds a fault that is serious or critical.
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const [modules, log, out] = process.argv.slice(2);
const require = createRequire(join(resolve(modules), "x.js"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
mkdirSync(out, { recursive: true });

const printed = readFileSync(log, "utf8");
const link = (name) => printed.match(new RegExp(`^${name}\\s+(\\S+)`, "m"))[1].replace(/\/$/, "");
const given = (account) => printed.match(new RegExp(`^staff\\s+${account}\\s+(\\S+)`, "m"))[1];
const [archive, desk, chat] = [link("archive"), link("desk"), link("chat")];

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
const sizes = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 900 } };
let faults = 0;
let checked = 0;

function expect(what, is) {
  if (!is) {
    faults += 1;
    console.log(`NOT AS EXPECTED: ${what}`);
  }
}

// Looks at a page as phones and desktops show it, light and dark: a screenshot, and axe-core.
async function look(page, name) {
  for (const [size, viewport] of Object.entries(sizes)) {
    for (const colorScheme of ["light", "dark"]) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(out, `${name}-${size}-${colorScheme}.png`), fullPage: true });
      // By the browser's own door: the pages' policy lets no other script in.
      const session = await page.context().newCDPSession(page);
      await session.send("Runtime.evaluate", { expression: axe });
      const { result } = await session.send("Runtime.evaluate", {
        expression: "axe.run().then((r) => JSON.stringify(r.violations.map((v) => ({ id: v.id, impact: v.impact, at: v.nodes.map((n) => n.target.join(' ')) }))))",
        awaitPromise: true,
        returnByValue: true,
      });
      await session.detach();
      checked += 1;
      for (const violation of JSON.parse(result.value)) {
        const grave = ["serious", "critical"].includes(violation.impact);
        faults += grave ? 1 : 0;
        console.log(`axe ${violation.impact} ${violation.id}: ${name} ${size} ${colorScheme}: ${violation.at.slice(0, 3).join(", ")}`);
      }
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
      expect(`${name} on a ${size} is no wider than it`, !wide);
    }
  }
  await page.setViewportSize(sizes.desktop);
  await page.emulateMedia({ colorScheme: "light" });
}

// A person with a browser of their own; what their pages complain of counts.
async function person() {
  const context = await browser.newContext({ locale: "ko-KR", timezoneId: "Asia/Seoul" });
  const page = await context.newPage();
  page.setDefaultTimeout(15000);
  page.on("pageerror", (error) => expect(`no error of a script: ${error.message}`, false));
  page.on("console", (message) => {
    if (message.type() === "error" && /Content Security Policy|Refused/.test(message.text())) expect(message.text(), false);
  });
  return page;
}

async function staff(account, password) {
  const page = await person();
  await page.goto(desk);
  if (account === "editor-1") await look(page, "sign-in");
  const enter = async (text) => {
    await page.getByLabel("계정").fill(account);
    await page.getByLabel("비밀번호", { exact: true }).fill(text);
    await page.getByRole("button", { name: "로그인" }).click();
  };
  await enter("잘못 적은 비밀번호");
  expect("a wrong password is told", await page.getByRole("alert").isVisible());
  await enter(given(account));
  await page.getByLabel("지금 비밀번호").fill(given(account));
  await page.getByLabel("새 비밀번호(").fill(password);
  await page.getByLabel("새 비밀번호 한 번 더").fill(password);
  if (account === "editor-1") await look(page, "password");
  await page.getByRole("button", { name: "바꾸기" }).click();
  await page.getByRole("heading", { level: 1, name: /소식/ }).waitFor();
  return page;
}

// Does what leads to another page, and waits for it: the form's own address may be the same.
async function act(page, deed) {
  const loaded = page.waitForEvent("load");
  await deed();
  await loaded;
}

// A citizen reads an edition, searches, and asks.
const citizen = await person();
await citizen.goto(`${archive}/`);
await look(citizen, "list");
await citizen.getByRole("heading", { level: 2 }).first().getByRole("link").click();
expect("an edition has its cards", (await citizen.getByRole("article").count()) >= 2);
await look(citizen, "edition");
await citizen.getByLabel("지난 소식 찾기").fill("ㅈㄷㅅ");
await citizen.getByRole("button", { name: "찾기" }).click();
expect("initial consonants find", (await citizen.getByRole("status").textContent()).includes("건"));
await look(citizen, "search");

const talk = await person();
await talk.goto(chat);
const say = async (text) => {
  const before = await talk.getByRole("log").innerText();
  await talk.getByRole("textbox").first().fill(text);
  await talk.keyboard.press("Enter");
  await talk.waitForFunction((before) => document.querySelector("[role=log]").innerText.length > before.length + 8, before);
  await talk.waitForTimeout(300);
  return (await talk.getByRole("log").innerText()).slice(before.length);
};
expect("the chat has this week's news", (await say("이번 주 소식")).length > 20);
await say("덕정역 앞 가로등이 한 달째 꺼져 있어요");
const number = (await say("접수하기")).match(/\d{4}-\d{6}/)?.[0];
expect("a question has a number", number);
await look(talk, "chat");

// An editor works on the draft, by keyboard where a mouse would be usual.
const editor = await staff("editor-1", "파란 우산 셋과 가로등");
await look(editor, "week");
const cards = () => editor.locator("ol.cards > li > h3").allTextContents();
const before = await cards();
await editor.locator("ol.cards > li").first().getByRole("button", { name: "아래로" }).focus();
await act(editor, () => editor.keyboard.press("Enter"));
expect("a card goes down", (await cards())[1] === before[0]);
const unpinned = editor.locator("ul.left li").first();
const title = await unpinned.locator("strong").textContent();
await act(editor, () => unpinned.getByRole("button", { name: "꼭 싣기" }).click());
expect(`what is pinned is carried: ${title}`, (await cards()).includes(title));
const wrong = editor.locator("ul.findings li.error a").first();
await wrong.focus();
await editor.keyboard.press("Enter");
const card = editor.locator("ol.cards > li", { hasText: title });
await card.locator("summary").focus();
await editor.keyboard.press("Enter");
await look(editor, "editing");
await card.getByLabel("빼는 까닭").fill("다음 주에 알림");
await act(editor, () => card.getByRole("button", { name: "빼기" }).click());
expect("what is dropped is not", !(await cards()).includes(title));
expect("and says why", (await editor.locator("ul.left").textContent()).includes("다음 주에 알림"));
const first = editor.locator("ol.cards > li").first();
await first.locator("summary").click();
await first.getByLabel("제목").fill("<b>고친 제목</b>");
await act(editor, () => first.getByRole("button", { name: "글 고치기" }).click());
expect("what is written is text", (await cards())[0] === "<b>고친 제목</b>");
await editor.getByRole("button", { name: "승인 요청" }).click();
await editor.getByText("승인을 기다립니다").waitFor();
expect("an editor does not approve", (await editor.getByRole("button", { name: "승인", exact: true }).count()) === 0);
expect("nor looks at people", (await editor.goto(`${desk}/registry`)).status() === 403);
await look(editor, "forbidden");

// An approver agrees, and watches it go.
const approver = await staff("approver-1", "빨간 우산 둘과 전봇대");
await look(approver, "approving");
await approver.getByRole("button", { name: "승인", exact: true }).click();
await approver.getByText("발송으로 넘어갔습니다").waitFor();
await approver.getByRole("link", { name: "발송 보기" }).click();
const count = async (what) => Number(await approver.locator(`[data-count=${what}]`).textContent());
expect("it goes to whoever agreed", (await count("planned")) === 2000);
await look(approver, "campaign");
// The page is not loaded again: its numbers are told.
await approver.waitForFunction(() => document.querySelector("[data-over=true]"), null, { timeout: 120000 });
const [delivered, fallback, failed, suppressed, outstanding] = await Promise.all(
  ["delivered", "fallback", "failed", "suppressed", "outstanding"].map(count));
console.log(`watched to its end: ${delivered} delivered, ${fallback} by text, ${failed} failed, ${suppressed} suppressed`);
expect("everyone is accounted for", delivered + fallback + failed + suppressed === 2000 && outstanding === 0);
await approver.reload();
await look(approver, "settled");
await approver.getByRole("link", { name: "발송", exact: true }).click();
await look(approver, "campaigns");

// Someone answers, and the citizen is told without asking.
await approver.getByRole("link", { name: "문의", exact: true }).click();
await look(approver, "tickets");
await approver.getByRole("link", { name: number }).click();
await approver.getByLabel("답(").fill("도로과에서 11월 안에 고치겠습니다.");
await look(approver, "ticket");
await approver.getByRole("button", { name: "답하기" }).click();
await talk.getByText("도로과에서 11월 안에 고치겠습니다.").waitFor();
await look(talk, "answered");
// That it arrived is asked of Kakao a second later.
let arrived = false;
for (let tries = 0; tries < 20 && !arrived; tries += 1) {
  await approver.waitForTimeout(500);
  await approver.reload();
  arrived = (await approver.locator("ol.talk").textContent()).includes("전해짐");
}
expect("staff see that it arrived", arrived);

// The citizen asks more about it, and it waits again.
expect("more can be asked", (await say("이어서 묻기")).includes("덧붙입니다"));
await say("어느 날쯤 되나요? 저녁에 너무 어두워요");
expect("it was added", (await say("접수하기")).includes("덧붙였습니다"));
await approver.reload();
expect("staff see what was added", (await approver.locator("ol.talk").textContent()).includes("어느 날쯤 되나요"));
await look(approver, "asked-again");

// What nobody understood is counted, so that the city learns.
await say("쿠쿠다스 몽실몽실");
await approver.getByRole("link", { name: "문의", exact: true }).click();
await approver.getByRole("link", { name: "창구가 알아듣지 못한 말" }).click();
expect("what was not understood is told", (await approver.locator("table").textContent()).includes("쿠쿠다스 몽실몽실"));
await look(approver, "misses");

// The same window by the Bot API.
await talk.goto(`${link("bot")}&user=citizen-0002`);
expect("the bot has this week's news", (await say("이번 주 소식")).length > 20);
expect("and knows whom to call", (await say("사람이 쓰러졌어요")).includes("119"));
await look(talk, "bot");

// The privacy officer.
const officer = await staff("officer-1", "노란 우산 넷과 소화전");
await officer.getByRole("link", { name: "구독자" }).click();
await look(officer, "registry");
await officer.getByRole("link", { name: /찾기/ }).click();
await look(officer, "duties");
await officer.getByRole("link", { name: "계정", exact: true }).click();
await officer.getByLabel("계정(").fill("staff-1024");
await officer.locator("form[action='/desk/accounts']").getByLabel("편집자").check();
await officer.getByRole("button", { name: "만들기" }).click();
expect("a password is given once", (await officer.locator("code.password").textContent()).length === 23);
await look(officer, "accounts");
await officer.getByRole("link", { name: /기록 보기/ }).click();
expect("who looked is known", (await officer.locator("main").textContent()).includes("approver-1"));
await look(officer, "journal");
await officer.getByRole("button", { name: "로그아웃" }).click();
expect("signed out", (await officer.goto(`${desk}/accounts`)).url().endsWith("/desk/sign-in"));

await browser.close();
console.log(`${checked} looks at pages (phone and desktop, light and dark), ${faults} faults`);
process.exit(faults === 0 ? 0 : 1);
