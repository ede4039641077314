#!/usr/bin/env python3
"""Prints the engine's arguments, each ended by NUL: serve-options ENGINE PRECISION GPUS SHARDS LENGTH SOURCE NAME CONFIG.

SHARDS and LENGTH may be empty. CONFIG is the model's config.json, which says how its heads can be split and whether its
weights are quantized already; the engine then takes them as they are.
"""
import json
import sys

VLLM_TYPES = {"fp32": "float32", "bf16": "bfloat16", "fp16": "float16"}
VLLM_QUANTIZATION = {"int4": "bitsandbytes", "fp8": "fp8"}
TGI_TYPES = {"bf16": "bfloat16", "fp16": "float16"}
TGI_QUANTIZATION = {"int8": "bitsandbytes", "int4": "bitsandbytes-nf4", "fp8": "fp8"}


def shards(config, gpus, wanted):
    """How many GPUs share the model: those wanted, or the most that its heads can be split among."""
    heads = config.get("num_attention_heads")
    groups = config.get("num_key_value_heads") or heads

    def fits(count):
        if not isinstance(heads, int) or not isinstance(groups, int):
            return True
        return heads % count == 0 and (groups % count == 0 or count % groups == 0)

    if not wanted:
        return max(count for count in range(1, gpus + 1) if fits(count))
    if int(wanted) > gpus:
        sys.exit(f"tensor_parallel is {wanted}, and the machine has {gpus} GPUs")
    if not fits(int(wanted)):
        sys.exit(f"tensor_parallel is {wanted}, and the model's {heads} heads cannot be split so")
    return int(wanted)


def number_format(precision, quantized, types, quantization, names):
    if quantized:
        return []
    if precision in types:
        return [names[0], types[precision]]
    if precision in quantization:
        return [names[1], quantization[precision]]
    sys.exit(f"{precision} is served only of a model whose weights are in it already, and this one's are not quantized")


def main(engine, precision, gpus, wanted, length, source, name, path):
    with open(path, encoding="utf-8") as file:
        config = json.load(file)
    text = config.get("text_config") if isinstance(config.get("text_config"), dict) else config
    quantized = any("quantization_config" in part or "compression_config" in part for part in (config, text))
    count = str(shards(text, int(gpus), wanted))
    if engine == "vllm":
        arguments = ["-m", "vllm.entrypoints.openai.api_server", "--host", "0.0.0.0", "--port", "8000", "--model", source,
                     "--served-model-name", name, "--tensor-parallel-size", count]
        arguments += number_format(precision, quantized, VLLM_TYPES, VLLM_QUANTIZATION, ("--dtype", "--quantization"))
        arguments += ["--max-model-len", length] if length else []
    else:
        arguments = ["--hostname", "0.0.0.0", "--port", "8000", "--model-id", source, "--num-shard", count]
        arguments += number_format(precision, quantized, TGI_TYPES, TGI_QUANTIZATION, ("--dtype", "--quantize"))
        arguments += ["--max-total-tokens", length, "--max-input-tokens", str(int(length) - 1)] if length else []
    sys.stdout.write("".join(argument + "\0" for argument in arguments))


if __name__ == "__main__":
    main(*sys.argv[1:])
