// Seals and opens by two independent libraries: each line of standard input is a request, each line printed its answer.
//
//   {"library": "@wecom/crypto" | "wechat-crypto", "token", "key", "id", "timestamp", "nonce", "text" or "sealed"}
//   → {"sealed", "signature"} or {"text", "id", "signature"}
'use strict';

const readline = require('node:readline');
const wecom = require('@wecom/crypto');
const WechatCrypto = require('wechat-crypto');

const libraries = {
  '@wecom/crypto': ({ token, key, id, timestamp, nonce, text, sealed }) => {
    const encrypted = sealed ?? wecom.encrypt(key, text, id);
    const signature = wecom.getSignature(token, timestamp, nonce, encrypted);
    if (sealed === undefined) return { sealed: encrypted, signature };
    const opened = wecom.decrypt(key, sealed);
    return { text: opened.message, id: opened.id, signature };
  },
  'wechat-crypto': ({ token, key, id, timestamp, nonce, text, sealed }) => {
    const crypto = new WechatCrypto(token, key, id);
    const encrypted = sealed ?? crypto.encrypt(text);
    const signature = crypto.getSignature(timestamp, nonce, encrypted);
    if (sealed === undefined) return { sealed: encrypted, signature };
    const opened = crypto.decrypt(sealed);
    return { text: opened.message, id: opened.id, signature };
  },
};

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const request = JSON.parse(line);
  console.log(JSON.stringify(libraries[request.library](request)));
});
