"""OpenAI's Python client, unmodified, against a running server. Run by OpenAiPythonClientTest.

QUERN_URL and QUERN_KEY name a server with an embedded model; QUERN_FULL_URL one that has no room for any request.
"""

import asyncio
import io
import json
import os
import time

import openai

URL = os.environ["QUERN_URL"] + "/v1"
KEY = os.environ["QUERN_KEY"]
HELLO = [{"role": "user", "content": "Write about the sea."}]


def client(url=URL, key=KEY):
    return openai.OpenAI(base_url=url, api_key=key, max_retries=0, timeout=120)


api = client()
MODEL = api.models.list().data[0].id


def chat(**fields):
    return api.chat.completions.create(**{"model": MODEL, "messages": HELLO, "max_tokens": 8, "temperature": 0} | fields)


def complete(prompt, **fields):
    return api.completions.create(**{"model": MODEL, "prompt": prompt, "max_tokens": 6, "temperature": 0} | fields)


def raises(error, call, **expected):
    try:
        call()
    except error as e:
        assert type(e) is error, f"{type(e)} instead of {error}"
        for name, value in expected.items():
            assert getattr(e, name) == value, f"{name} is {getattr(e, name)!r}, not {value!r}: {e}"
        return e
    raise AssertionError(f"no {error}")


def test_models():
    models = api.models.list().data
    assert [m.id for m in models] == [MODEL] and models[0].object == "model"
    assert api.models.retrieve(MODEL).id == MODEL
    raises(openai.NotFoundError, lambda: api.models.retrieve("nobody"), status_code=404, code="model_not_found")


def test_chat():
    answer = chat()
    assert answer.object == "chat.completion" and answer.model == MODEL
    choice = answer.choices[0]
    assert choice.message.role == "assistant" and choice.message.content
    assert choice.finish_reason in ("length", "stop")
    usage = answer.usage
    assert 0 < usage.completion_tokens <= 8
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens
    parts = [{"role": "user", "content": [{"type": "text", "text": "Write about "}, {"type": "text", "text": "the sea."}]}]
    assert chat(messages=parts).choices[0].message.content == choice.message.content


def test_cached_tokens():
    long = [{"role": "user", "content": "The boats come home before the evening. " * 12}]
    chat(messages=long)
    usage = chat(messages=long).usage
    assert 0 < usage.prompt_tokens_details.cached_tokens < usage.prompt_tokens


def test_stream():
    whole = chat()
    chunks = list(chat(stream=True, stream_options={"include_usage": True}))
    assert {c.object for c in chunks} == {"chat.completion.chunk"} and len({c.id for c in chunks}) == 1
    assert chunks[0].choices[0].delta.role == "assistant"
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert text == whole.choices[0].message.content
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == whole.choices[0].finish_reason
    assert chunks[-1].choices == [] and chunks[-1].usage.completion_tokens == whole.usage.completion_tokens
    assert all(c.usage is None for c in chunks[:-1])


def test_stream_that_is_left():
    with chat(stream=True, max_tokens=200) as stream:
        next(iter(stream))
    assert chat().choices


def test_streams_at_once():
    async def all_of_them():
        async with openai.AsyncOpenAI(base_url=URL, api_key=KEY, max_retries=0) as several:

            async def one():
                stream = await several.chat.completions.create(model=MODEL, messages=HELLO, max_tokens=8, temperature=0, stream=True)
                return "".join([c.choices[0].delta.content or "" async for c in stream])

            return await asyncio.gather(*(one() for _ in range(4)))

    assert set(asyncio.run(all_of_them())) == {chat().choices[0].message.content}


def test_n():
    answer = chat(n=3, temperature=1, seed=7)
    assert [c.index for c in answer.choices] == [0, 1, 2]
    assert len({c.message.content for c in answer.choices}) > 1
    again = chat(n=3, temperature=1, seed=7)
    assert [c.message.content for c in again.choices] == [c.message.content for c in answer.choices]
    streamed = ["", "", ""]
    for chunk in chat(n=3, temperature=1, seed=7, stream=True):
        for choice in chunk.choices:
            streamed[choice.index] += choice.delta.content or ""
    assert streamed == [c.message.content for c in answer.choices]


def test_logprobs():
    answer = chat(logprobs=True, top_logprobs=3)
    content = answer.choices[0].logprobs.content
    assert len(content) == answer.usage.completion_tokens
    for token in content:
        assert token.logprob <= 0 and len(token.top_logprobs) == 3
        best = [t.logprob for t in token.top_logprobs]
        assert best == sorted(best, reverse=True)
        assert bytes(token.bytes).decode(errors="replace") == token.token
    pieces = [c.choices[0].logprobs for c in chat(logprobs=True, top_logprobs=3, stream=True) if c.choices]
    assert [t for p in pieces if p for t in p.content] == content


def test_stop_and_bias():
    text = chat(max_tokens=12).choices[0].message.content
    word = text.split()[1]
    stopped = chat(max_tokens=12, stop=[word]).choices[0]
    assert stopped.finish_reason == "stop" and stopped.message.content == text[: text.index(word)]
    ids = chat(extra_body={"return_token_ids": True}).choices[0].token_ids
    assert chat(logit_bias={str(ids[0]): -100}).choices[0].message.content != chat().choices[0].message.content
    longer = chat(extra_body={"min_tokens": 30}, max_tokens=30)
    assert longer.usage.completion_tokens == 30 and longer.choices[0].finish_reason == "length"


def test_completions():
    one = complete("The sea is")
    assert one.object == "text_completion" and one.choices[0].text
    two = complete(["The sea is", "A house"])
    assert [c.index for c in two.choices] == [0, 1] and two.choices[0].text == one.choices[0].text
    ids = complete("The sea is", extra_body={"return_token_ids": True}).choices[0].prompt_token_ids
    assert complete(ids).choices[0].text == one.choices[0].text
    assert [c.text for c in complete([ids, ids]).choices] == [one.choices[0].text] * 2
    assert complete("The sea is", echo=True).choices[0].text == "The sea is" + one.choices[0].text
    assert "".join(c.choices[0].text for c in complete("The sea is", stream=True)) == one.choices[0].text


def test_completion_logprobs():
    answer = complete("The sea is", logprobs=2)
    logprobs = answer.choices[0].logprobs
    count = answer.usage.completion_tokens
    assert len(logprobs.tokens) == len(logprobs.token_logprobs) == len(logprobs.top_logprobs) == count
    assert "".join(logprobs.tokens) == answer.choices[0].text
    scored = complete("The sea is", echo=True, logprobs=0, max_tokens=0).choices[0]
    assert scored.text == "The sea is" and scored.logprobs.token_logprobs[0] is None
    assert all(p <= 0 for p in scored.logprobs.token_logprobs[1:])


def test_errors():
    error = raises(openai.BadRequestError, lambda: chat(temperature="hot"), status_code=400, param="temperature")
    assert error.type == "invalid_request_error"
    raises(openai.BadRequestError, lambda: chat(top_p=7), param="top_p")
    raises(openai.BadRequestError, lambda: chat(messages=[]), param="messages")
    raises(openai.BadRequestError, lambda: chat(extra_body={"temprature": 1}), param="temprature")
    raises(openai.BadRequestError, lambda: chat(response_format={"type": "json_object"}), param="response_format")
    raises(openai.BadRequestError, lambda: chat(stream=True, n=0), param="n")
    too_long = raises(openai.BadRequestError, lambda: complete([5] * 1_000_000), param="prompt")
    assert "1000000" in too_long.message, too_long.message
    raises(openai.NotFoundError, lambda: chat(model="nobody"), param="model", code="model_not_found")
    raises(openai.AuthenticationError, lambda: client(key="wrong").models.list(), status_code=401)
    full = client(os.environ["QUERN_FULL_URL"] + "/v1")
    error = raises(openai.RateLimitError, lambda: full.chat.completions.create(model=MODEL, messages=HELLO), status_code=429)
    assert int(error.response.headers["retry-after"]) > 0


def batch(lines, endpoint="/v1/chat/completions"):
    text = "".join(json.dumps(line) + "\n" for line in lines)
    file = api.files.create(file=("rows.jsonl", io.BytesIO(text.encode())), purpose="batch")
    assert file.bytes == len(text) and file.filename == "rows.jsonl" and file.purpose == "batch"
    assert api.files.retrieve(file.id) == file and file.id in [f.id for f in api.files.list()]
    assert api.files.content(file.id).text == text
    made = api.batches.create(input_file_id=file.id, endpoint=endpoint, completion_window="24h", metadata={"for": "a test"})
    assert made.metadata == {"for": "a test"} and made.endpoint == endpoint
    end = time.monotonic() + 120
    while api.batches.retrieve(made.id).status not in ("completed", "failed", "expired", "cancelled"):
        assert time.monotonic() < end, api.batches.retrieve(made.id)
        time.sleep(0.1)
    return api.batches.retrieve(made.id)


def line(name, **fields):
    body = {"model": MODEL, "messages": HELLO, "max_tokens": 8, "temperature": 0} | fields
    return {"custom_id": name, "method": "POST", "url": "/v1/chat/completions", "body": body}


def test_batches():
    done = batch([line("a"), line("b", temperature="hot"), line("c")])
    assert done.status == "completed"
    assert (done.request_counts.total, done.request_counts.completed, done.request_counts.failed) == (3, 2, 1)
    rows = [json.loads(row) for row in api.files.content(done.output_file_id).text.splitlines()]
    assert sorted(row["custom_id"] for row in rows) == ["a", "c"]
    for row in rows:
        assert row["response"]["status_code"] == 200 and row["error"] is None
        body = row["response"]["body"]
        assert body["choices"][0]["message"]["content"] == chat().choices[0].message.content
    failed = [json.loads(row) for row in api.files.content(done.error_file_id).text.splitlines()]
    assert [row["custom_id"] for row in failed] == ["b"]
    assert failed[0]["response"]["status_code"] == 400
    assert failed[0]["response"]["body"]["error"]["param"] == "temperature"
    assert done.id in [b.id for b in api.batches.list()]
    assert api.files.delete(done.output_file_id).deleted
    raises(openai.NotFoundError, lambda: api.files.content(done.output_file_id), status_code=404)


def test_batch_that_is_cancelled():
    text = "".join(json.dumps(line(str(i), max_tokens=400, min_tokens=400, messages=[{"role": "user", "content": str(i)}])) + "\n" for i in range(200))
    file = api.files.create(file=("many.jsonl", io.BytesIO(text.encode())), purpose="batch")
    made = api.batches.create(input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h")
    assert api.batches.cancel(made.id).status in ("cancelling", "cancelled")
    end = time.monotonic() + 60
    while api.batches.retrieve(made.id).status != "cancelled":
        assert time.monotonic() < end, api.batches.retrieve(made.id)
        time.sleep(0.1)
    assert chat().choices


def test_batch_errors():
    raises(openai.NotFoundError, lambda: api.batches.retrieve("batch_none"), status_code=404)
    raises(openai.NotFoundError, lambda: api.files.retrieve("file-none"), status_code=404)
    raises(
        openai.BadRequestError,
        lambda: api.batches.create(input_file_id="file-none", endpoint="/v1/images", completion_window="24h"),
        param="endpoint",
    )
    raises(openai.BadRequestError, lambda: api.files.create(file=("x", io.BytesIO(b"x")), purpose="nothing"), param="purpose")


for name, test in [(n, t) for n, t in globals().items() if n.startswith("test_")]:
    test()
    print("ok", name, flush=True)
