// OpenAI's Node client, unmodified, against a running server. Run by OpenAiNodeClientTest, which copies it beside node_modules.
// QUERN_URL and QUERN_KEY name a server with an embedded model; QUERN_FULL_URL one that has no room for any request.
import assert from "node:assert/strict";
import OpenAI, { toFile } from "openai";

const key = process.env.QUERN_KEY;
const client = (url = process.env.QUERN_URL, apiKey = key) =>
  new OpenAI({ baseURL: url + "/v1", apiKey, maxRetries: 0, timeout: 120_000 });
const api = client();
const model = (await api.models.list()).data[0].id;
const messages = [{ role: "user", content: "Write about the sea." }];
const chat = (fields = {}) => api.chat.completions.create({ model, messages, max_tokens: 8, temperature: 0, ...fields });
const complete = (prompt, fields = {}) => api.completions.create({ model, prompt, max_tokens: 6, temperature: 0, ...fields });
const text = (answer) => answer.choices[0].message.content;

async function rejects(promise, type, fields) {
  const error = await promise.then(
    () => assert.fail("no " + type.name),
    (e) => e,
  );
  assert.equal(error.constructor, type, String(error));
  for (const [name, value] of Object.entries(fields)) assert.equal(error[name], value, name + " of " + error);
  return error;
}

const tests = {
  async models() {
    assert.equal((await api.models.retrieve(model)).id, model);
    await rejects(api.models.retrieve("nobody"), OpenAI.NotFoundError, { status: 404, code: "model_not_found" });
  },

  async chat() {
    const answer = await chat();
    assert.equal(answer.object, "chat.completion");
    assert.ok(text(answer).length > 0);
    assert.ok(["length", "stop"].includes(answer.choices[0].finish_reason));
    assert.equal(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens);
  },

  async stream() {
    const whole = await chat();
    let streamed = "";
    let usage = null;
    for await (const chunk of await chat({ stream: true, stream_options: { include_usage: true } })) {
      streamed += chunk.choices[0]?.delta?.content ?? "";
      usage = chunk.usage ?? usage;
    }
    assert.equal(streamed, text(whole));
    assert.equal(usage.completion_tokens, whole.usage.completion_tokens);
  },

  async streamHelper() {
    const runner = api.chat.completions.stream({ model, messages, max_tokens: 8, temperature: 0 });
    const completion = await runner.finalChatCompletion();
    assert.equal(text(completion), text(await chat()));
  },

  async streamThatIsLeft() {
    const stream = await chat({ stream: true, max_tokens: 200 });
    for await (const _ of stream) break;
    assert.ok(text(await chat()));
  },

  async choicesAndLogprobs() {
    const answer = await chat({ n: 2, temperature: 1, seed: 3, logprobs: true, top_logprobs: 2 });
    assert.deepEqual(answer.choices.map((c) => c.index), [0, 1]);
    for (const choice of answer.choices) {
      assert.ok(choice.logprobs.content.length > 0);
      for (const token of choice.logprobs.content) assert.ok(token.logprob <= 0 && token.top_logprobs.length === 2);
    }
  },

  async completions() {
    const one = (await complete("The sea is")).choices[0];
    assert.ok(one.text.length > 0);
    const { prompt_token_ids: ids } = (await complete("The sea is", { return_token_ids: true })).choices[0];
    assert.equal((await complete(ids)).choices[0].text, one.text);
    const two = await complete(["The sea is", "A house"]);
    assert.equal(two.choices.length, 2);
    assert.equal(two.choices[0].text, one.text);
    assert.equal((await complete("The sea is", { echo: true })).choices[0].text, "The sea is" + one.text);
    assert.equal((await complete("The sea is", { logprobs: 1 })).choices[0].logprobs.tokens.join(""), one.text);
  },

  async errors() {
    await rejects(chat({ temperature: "hot" }), OpenAI.BadRequestError, { status: 400, param: "temperature", type: "invalid_request_error" });
    await rejects(chat({ nobody: 1 }), OpenAI.BadRequestError, { param: "nobody" });
    await rejects(chat({ response_format: { type: "json_object" } }), OpenAI.BadRequestError, { param: "response_format" });
    await rejects(chat({ model: "nobody" }), OpenAI.NotFoundError, { code: "model_not_found" });
    await rejects(client(undefined, "wrong").models.list(), OpenAI.AuthenticationError, { status: 401 });
    const full = client(process.env.QUERN_FULL_URL);
    const error = await rejects(full.chat.completions.create({ model, messages }), OpenAI.RateLimitError, { status: 429 });
    assert.ok(Number(error.headers.get("retry-after")) > 0);
  },

  async batches() {
    const line = (custom_id, fields = {}) =>
      JSON.stringify({ custom_id, method: "POST", url: "/v1/chat/completions", body: { model, messages, max_tokens: 8, temperature: 0, ...fields } }) + "\n";
    const file = await api.files.create({ file: await toFile(Buffer.from(line("a") + line("b", { top_p: 7 })), "rows.jsonl"), purpose: "batch" });
    let batch = await api.batches.create({ input_file_id: file.id, endpoint: "/v1/chat/completions", completion_window: "24h" });
    for (const end = Date.now() + 120_000; batch.status !== "completed"; batch = await api.batches.retrieve(batch.id)) {
      assert.ok(Date.now() < end && batch.status !== "failed", JSON.stringify(batch));
      await new Promise((done) => setTimeout(done, 100));
    }
    assert.deepEqual(batch.request_counts, { total: 2, completed: 1, failed: 1 });
    const row = JSON.parse(await (await api.files.content(batch.output_file_id)).text());
    assert.equal(row.custom_id, "a");
    assert.equal(text(row.response.body), text(await chat()));
    const failed = JSON.parse(await (await api.files.content(batch.error_file_id)).text());
    assert.equal(failed.response.body.error.param, "top_p");
    assert.ok((await api.files.delete(file.id)).deleted);
  },
};

for (const [name, test] of Object.entries(tests)) {
  await test();
  console.log("ok", name);
}
