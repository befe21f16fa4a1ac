// A Bot API server for the tests: telegram-test-api 4.2.1 with its gaps filled and the real API's strictness added.
//
//   node server.js      prints the port it took on 127.0.0.1; ends when its standard input ends
//
// The resident's side is telegram-test-api's own: POST /sendMessage, /sendCommand, /sendCallback, /getUpdates.
// The test's side: GET /_calls lists what the bot called; POST /_fault {method, code, description, parameters}
// makes the next call of a method fail once, or `times` times, POST /_mend ends that; POST /_update hands in an
// update as it is, without its id. As with Telegram an update is offered until it is confirmed: polled, by asking for those after it; pushed,
// by an answer 2xx that came whole, at once after the first failure, then after growing pauses or as long as `Retry-After` says. A method in
// that answer is called, what comes of it is told to nobody, and its call bears the `update`. Each push stands in the calls as `<webhook>`,
// with its status; a fault of `<webhook>` cuts the answer off on its way.
'use strict';

const http = require('node:http');
const express = require('express');
const TelegramServer = require('telegram-test-api');

const TOKEN = '666:made-up-token-for-the-tests';
const ME = {
  id: 666, is_bot: true, first_name: 'TestBot', username: 'TestNameBot',
  can_join_groups: true, can_read_all_group_messages: false, supports_inline_queries: true,
};
const SILENT = ['answerCallbackQuery', 'answerInlineQuery', 'setMyCommands', 'deleteMyCommands', 'sendChatAction'];
const PUSHES_AT_ONCE = 8;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2000;
const NEVER_FROM_A_PUSH = /^(get.*|setwebhook|deletewebhook|close|logout)$/i;
const MOST_TEXT = 4096;
const MOST_DATA = 64;

const fake = new TelegramServer({ storeTimeout: 3600 });
const calls = [];
const faults = [];

class Refused extends Error {
  constructor(code, description, parameters) {
    super(description);
    Object.assign(this, { code, parameters });
  }
}

const bad = (description) => new Refused(400, `Bad Request: ${description}`);
const now = () => Math.floor(Date.now() / 1000);

// Form fields arrive as text; what is an object or a list in the Bot API arrives as JSON.
function opened(body) {
  const json = (key, value) => typeof value === 'string' && key !== 'text' && /^[[{]/.test(value);
  const open = ([key, value]) => [key, json(key, value) ? JSON.parse(value) : value];
  return Object.fromEntries(Object.entries(body || {}).map(open));
}

// What a person would see of an HTML text; refuses what Telegram cannot parse.
function shown(text) {
  const bare = (text || '').replace(/<\/?(b|i|u|s|a|code|pre)( [^<>]*)?>/g, '');
  if (/[<>]/.test(bare) || /&(?!(lt|gt|amp|quot|#\d+);)/.test(bare)) throw bad("can't parse entities");
  return bare.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&amp;/g, '&');
}

function check(message) {
  const text = shown(message.text);
  if (!text.trim()) throw bad('message text is empty');
  if (text.length > MOST_TEXT) throw bad('message is too long');
  const keys = (message.reply_markup?.inline_keyboard || []).flat();
  if (keys.some((key) => Buffer.byteLength(key.callback_data || '') > MOST_DATA)) throw bad('BUTTON_DATA_INVALID');
}

function chatOf(id) {
  return Number(id) < 0 ? { id: Number(id), type: 'supergroup', title: 'Group' } : { id: Number(id), type: 'private' };
}

// A stored message of the bot as the Bot API shows it.
function asMessage(stored) {
  const { chat_id: chat, text, reply_markup: markup, message_thread_id: thread } = stored.message;
  return {
    message_id: stored.messageId, date: Math.floor(stored.time / 1000), chat: chatOf(chat), from: ME, text: shown(text),
    ...(markup && { reply_markup: markup }),
    ...(thread && { message_thread_id: Number(thread), is_topic_message: true }),
  };
}

function find(chat, id) {
  return fake.storage.botMessages.find(
    (stored) => String(stored.messageId) === String(id) && String(stored.message.chat_id) === String(chat));
}

let hook = null;
const underWay = new Set();
const waiting = () => fake.storage.userMessages.filter((update) => !update.confirmed);
fake.addUserUpdate = async (update) => {
  fake.storage.userMessages.push({ ...update, updateId: fake.updateId++ });
};

function chatOfUpdate({ raw, message, callbackQuery }) {
  const about = message || callbackQuery?.message || Object.values(raw || {})[0];
  return about.chat?.id ?? about.from?.id;
}

async function push(update) {
  const headers = { 'content-type': 'application/json' };
  if (hook.secret_token) headers['X-Telegram-Bot-Api-Secret-Token'] = hook.secret_token;
  const body = JSON.stringify(formatted(update));
  const { status, after, said } = await answered(hook.url, { method: 'POST', headers, body });
  calls.push({ method: '<webhook>', status, body: { update_id: update.updateId } });
  if (status >= 200 && status < 300) {
    const { method, ...rest } = said;
    if (method && !NEVER_FROM_A_PUSH.test(method)) await called(TOKEN, method, rest, update.updateId).catch(() => {});
    update.confirmed = true;
  } else {
    await new Promise((resolve) => setTimeout(resolve, after || update.pause || 0));
    update.pause = Math.min(2 * (update.pause || FIRST_PAUSE_MS / 2), LONGEST_PAUSE_MS);
  }
  underWay.delete(update);
}

// What a push was answered with; status 0 where the answer did not come whole.
async function answered(url, request) {
  try {
    const response = await fetch(url, request);
    if (taken('<webhook>')) {
      await response.body?.cancel();
      return { status: 0 };
    }
    const text = await response.text();
    const json = /json/.test(response.headers.get('content-type') || '') && text;
    const after = 1000 * Number(response.headers.get('retry-after') || 0);
    return { status: response.status, after, said: json ? JSON.parse(text) : {} };
  } catch {
    return { status: 0 };
  }
}

setInterval(() => {
  if (!hook) return;
  // Side by side, but those of one chat one after another.
  const busy = new Set([...underWay].map(chatOfUpdate));
  for (const update of waiting()) {
    const chat = chatOfUpdate(update);
    if (underWay.size >= PUSHES_AT_ONCE) return;
    if (!busy.has(chat)) {
      underWay.add(update);
      push(update);
    }
    busy.add(chat);
  }
}, 5);

function formatted(update) {
  if (update.raw) return { update_id: update.updateId, ...update.raw };
  const shaped = TelegramServer.formatUpdate(update);
  const query = shaped.callback_query;
  if (query) {
    const stored = find(query.message.chat.id, query.message.message_id);
    query.chat_instance = '1';
    // Telegram shows a message it no longer has as one without a date.
    query.message = stored ? asMessage(stored) : { ...query.message, date: 0 };
  }
  return shaped;
}

const methods = {
  getMe: () => ME,
  setWebhook(body) {
    hook = body.url ? body : null;
    return true;
  },
  deleteWebhook() {
    hook = null;
    return true;
  },
  async getUpdates(body) {
    if (hook) throw new Refused(409, "Conflict: can't use getUpdates method while webhook is active");
    fake.storage.userMessages.forEach((update) => {
      if (update.updateId < Number(body.offset || 0)) update.confirmed = true;
    });
    const end = Date.now() + 1000 * Number(body.timeout || 0);
    for (;;) {
      const fresh = waiting();
      if (fresh.length || Date.now() >= end) return fresh.slice(0, 100).map(formatted);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  },
  sendMessage(body) {
    check(body);
    const { message_id: id } = fake.addBotMessage(body, TOKEN);
    return asMessage(find(body.chat_id, id));
  },
  editMessageText(body) {
    check(body);
    const stored = find(body.chat_id, body.message_id);
    if (!stored) throw bad('message to edit not found');
    if (stored.message.text === body.text) throw bad('message is not modified');
    delete stored.message.reply_markup;
    fake.editMessageText(body);
    return asMessage(stored);
  },
  ...Object.fromEntries(SILENT.map((method) => [method, () => true])),
};

// The fault that is due for a method, used up once more.
function taken(method) {
  const fault = faults.find((one) => one.method === method);
  if (fault && --fault.times <= 0) faults.splice(faults.indexOf(fault), 1);
  return fault;
}

async function answer(token, method, body) {
  const fault = taken(method);
  if (fault) throw new Refused(fault.code, fault.description, fault.parameters);
  if (token !== TOKEN) throw new Refused(401, 'Unauthorized');
  if (!methods[method]) throw new Refused(404, 'Not Found');
  return methods[method](body);
}

async function called(token, method, body, update) {
  const call = { method, body: opened(body), at: Date.now(), update };
  calls.push(call);
  try {
    const result = await answer(token, method, call.body);
    call.status = 200;
    return result;
  } catch (error) {
    call.status = error.code || 500;
    throw error;
  }
}

const app = express();
app.use(express.json());
app.use(express.urlencoded({ extended: true }));
app.all('/bot:token/:method', async (request, response) => {
  const { token, method } = request.params;
  try {
    response.json({ ok: true, result: await called(token, method, request.body) });
  } catch (error) {
    const { code = 500, message, parameters } = error;
    response.status(code).json({ ok: false, error_code: code, description: message, parameters });
  }
});
app.get('/_calls', (request, response) => response.json(calls));
app.post('/_fault', (request, response) => {
  faults.push({ times: 1, ...request.body });
  response.json({});
});
app.post('/_mend', (request, response) => {
  faults.length = 0;
  response.json({});
});
app.post('/_update', async (request, response) => {
  await fake.addUserUpdate({ raw: request.body });
  response.json({});
});
app.use((request, response, next) => fake.webServer(request, response, next));

const server = http.createServer(app);
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.resume().on('end', () => process.exit());
