"""Files and batches with the official client: python batches.py BASE_URL MODEL. Needs: openai."""

import json
import sys
import time

import openai


def main(base_url, model):
    client = openai.OpenAI(base_url=base_url, api_key="none")
    lines = [
        {
            "custom_id": f"request-{i}",
            "method": "POST",
            "url": "/v1/chat/completions",
            "body": {
                "model": model if i != 2 else "another",
                "messages": [{"role": "user", "content": f"Say {i}"}],
                "max_tokens": 2,
            },
        }
        for i in range(5)
    ]
    content = "\n".join(json.dumps(line) for line in lines).encode()
    file = client.files.create(file=("requests.jsonl", content), purpose="batch")
    assert file.filename == "requests.jsonl" and file.bytes == len(content), file
    assert client.files.content(file.id).read() == content

    batch = client.batches.create(
        input_file_id=file.id,
        endpoint="/v1/chat/completions",
        completion_window="24h",
        metadata={"job": "nightly"},
    )
    deadline = time.monotonic() + 120
    while batch.status not in ("completed", "failed", "expired", "cancelled"):
        assert time.monotonic() < deadline, batch
        time.sleep(0.1)
        batch = client.batches.retrieve(batch.id)
    assert batch.status == "completed", batch
    assert batch.metadata == {"job": "nightly"}, batch
    counts = batch.request_counts
    assert (counts.total, counts.completed, counts.failed) == (5, 4, 1), counts

    answers = [json.loads(l) for l in client.files.content(batch.output_file_id).iter_lines()]
    assert {a["custom_id"] for a in answers} == {f"request-{i}" for i in (0, 1, 3, 4)}, answers
    for answer in answers:
        completion = openai.types.chat.ChatCompletion.model_validate(answer["response"]["body"])
        assert completion.usage.completion_tokens <= 2, completion
    error = json.loads(client.files.content(batch.error_file_id).text)
    assert error["custom_id"] == "request-2" and error["response"]["status_code"] == 404, error

    assert [b.id for b in client.batches.list(limit=1)][0] == batch.id
    assert file.id in [f.id for f in client.files.list()]
    assert client.files.delete(file.id).deleted
    try:
        client.files.retrieve(file.id)
        raise AssertionError("a deleted file is still there")
    except openai.NotFoundError:
        pass
    wrong = client.files.create(file=("wrong.jsonl", b"{}\n"), purpose="batch")
    failed = client.batches.create(
        input_file_id=wrong.id, endpoint="/v1/chat/completions", completion_window="24h"
    )
    while failed.status == "validating":
        assert time.monotonic() < deadline, failed
        time.sleep(0.1)
        failed = client.batches.retrieve(failed.id)
    assert failed.status == "failed" and failed.errors.data[0].line == 1, failed
    try:
        client.batches.cancel(failed.id)
        raise AssertionError("a failed batch was cancelled")
    except openai.BadRequestError as e:
        assert "failed" in str(e), e
    print("ok")


if __name__ == "__main__":
    main(*sys.argv[1:])
