/** GGUF files, as llama.cpp's tools write them (ggml docs/gguf.md): metadata, tensors, blocks. */
package dev.quern.executor.model.gguf;
