"""Blocks of every GGUF tensor type that is read, and their values: python make_blocks.py (gguf, numpy, safetensors).

blocks.gguf          a tensor of each type, 3 rows of 512 columns, random bits with scales near 1
expected.safetensors the same tensors in float32, by gguf's own dequantize
"""

import numpy as np
from gguf import GGMLQuantizationType as T, GGUFWriter, quants
from safetensors.numpy import save_file

ROWS, COLUMNS = 3, 512
# Bytes of float16 fields in a block; everything else may be any bits.
HALVES = {T.Q4_0: [0], T.Q4_1: [0, 2], T.Q5_0: [0], T.Q5_1: [0, 2], T.Q8_0: [0], T.Q4_K: [0, 2], T.Q5_K: [0, 2], T.Q6_K: [208]}
SIZES = {T.Q4_0: (32, 18), T.Q4_1: (32, 20), T.Q5_0: (32, 22), T.Q5_1: (32, 24), T.Q8_0: (32, 34),
         T.Q4_K: (256, 144), T.Q5_K: (256, 176), T.Q6_K: (256, 210)}

g = np.random.default_rng(3)
writer, expected = GGUFWriter("blocks.gguf", "none"), {}
for kind, offsets in HALVES.items():
    elements, size = SIZES[kind]
    blocks = g.integers(0, 256, (ROWS, COLUMNS // elements, size), dtype=np.uint8)
    for at in offsets:
        scales = g.uniform(-2, 2, blocks.shape[:2]).astype(np.float16)
        blocks[..., at:at + 2] = scales[..., None].view(np.uint8)
    raw = blocks.reshape(ROWS, -1)
    writer.add_tensor(kind.name, raw, raw_dtype=kind)
    expected[kind.name] = quants.dequantize(raw, kind).astype(np.float32)
values = g.standard_normal((ROWS, COLUMNS)).astype(np.float32)
writer.add_tensor("F32", values)
writer.add_tensor("F16", values.astype(np.float16))
bits = (values.view(np.uint32) >> 16).astype(np.uint16)
writer.add_tensor("BF16", bits.view(np.uint8), raw_dtype=T.BF16)
expected |= {"F32": values, "F16": values.astype(np.float16).astype(np.float32),
             "BF16": (bits.astype(np.uint32) << 16).view(np.float32)}
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
save_file(expected, "expected.safetensors")
