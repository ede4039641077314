"""The default training program: fine-tunes a Hugging Face model by the environment's settings.

It reads the settings (mode, precision, model, dataset and the optional epochs, max_steps, learning_rate, batch_size,
gradient_accumulation, max_length) from the file TERRADEV_SETTINGS, data from the folder TERRADEV_DATA or else from the
hub, writes checkpoints to TERRADEV_CHECKPOINTS and the result to TERRADEV_OUTPUTS. A checkpoint is written every
checkpoint_minutes and on SIGUSR1; the file COMPLETE in it is written last.
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time

REQUEST = ".checkpoint-now"
FORMATS = {".parquet": "parquet", ".jsonl": "json", ".json": "json", ".csv": "csv", ".txt": "text"}
QUANTIZED = {"int8": {"load_in_8bit": True}, "int4": {"load_in_4bit": True, "bnb_4bit_quant_type": "nf4"},
             "fp4": {"load_in_4bit": True, "bnb_4bit_quant_type": "fp4"}}

# Encoders that transformers can load as text generators too, though nobody means that.
ENCODERS = ("bert", "camembert", "electra", "ernie", "roberta", "xlm-roberta", "xlm-roberta-xl")


def read_settings():
    with open(os.environ.get("TERRADEV_SETTINGS", "/etc/terradev/environment.json"), encoding="utf-8") as file:
        return json.load(file)


def number(settings, name, default, kind=float):
    text = settings.get(name)
    if text in (None, ""):
        return default
    try:
        return kind(text)
    except ValueError:
        sys.exit(f"The setting {name} must be a number, not {text!r}.")


def hub_id(reference, what):
    """huggingface:owner/name -> owner/name."""
    hub, separator, name = reference.partition(":")
    if not separator:
        return reference
    if hub != "huggingface":
        sys.exit(f"This program loads a {what} from huggingface only, not from {hub}: set the option command for another program.")
    return name


def weights(mode, precision):
    """How the weights are loaded: the name of the type, and the quantization or None."""
    if mode not in ("full", "lora", "qlora"):
        sys.exit(f"Nothing is trained in mode {mode}.")
    if precision in QUANTIZED or mode == "qlora":
        if mode == "full":
            sys.exit(f"Weights in {precision} cannot be trained in mode full: take lora or qlora, or bf16.")
        return "bfloat16", QUANTIZED.get(precision, QUANTIZED["int4"])
    if precision == "fp8":
        sys.exit("This program does not train in fp8: take bf16.")
    # Mixed precision in fp16 needs weights in fp32 where all of them are trained.
    return {"fp32": "float32", "bf16": "bfloat16", "fp16": "float32" if mode == "full" else "float16"}[precision], None


def newest_checkpoint(folder):
    """The complete checkpoint of the highest step, or None."""
    found = [path.parent for path in pathlib.Path(folder).glob("checkpoint-*/COMPLETE") if path.parent.name[11:].isdigit()]
    return max(found, key=lambda path: int(path.name[11:]), default=None)


def data_files(folder):
    """The loader's name and the files of the format with the most files; None for an empty folder."""
    by_format = {}
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if path.is_file() and path.suffix in FORMATS:
            by_format.setdefault(FORMATS[path.suffix], []).append(str(path))
    return max(by_format.items(), key=lambda item: len(item[1]), default=None)


def load_data(settings, folder):
    import datasets

    if os.path.exists(os.path.join(folder, "dataset_info.json")):
        return datasets.load_from_disk(folder)
    if os.path.exists(os.path.join(folder, "dataset_dict.json")):
        data = datasets.load_from_disk(folder)
        return data["train"] if "train" in data else next(iter(data.values()))
    if found := data_files(folder):
        return datasets.load_dataset(found[0], data_files=found[1], split="train")
    if not settings.get("dataset"):
        sys.exit("There is no data: the datasets bucket is empty and the environment names no dataset.")
    return datasets.load_dataset(hub_id(settings["dataset"], "dataset"), split="train")


def wishes_checkpoint(folder, since, minutes, now):
    return os.path.exists(os.path.join(folder, REQUEST)) or (minutes > 0 and now - since >= minutes * 60)


def checkpoints(folder, minutes):
    """A callback that saves by the clock and on request, and marks what it has saved."""
    import torch
    import transformers

    class Checkpoints(transformers.TrainerCallback):
        last = time.monotonic()

        def on_step_end(self, args, state, control, **_):
            wish = wishes_checkpoint(folder, self.last, minutes, time.monotonic())
            if args.world_size > 1:
                # All processes save in the same step, or they would wait for each other for ever.
                flag = torch.tensor([int(wish)], device=args.device)
                torch.distributed.all_reduce(flag, op=torch.distributed.ReduceOp.MAX)
                wish = bool(flag.item())
            control.should_save = control.should_save or wish

        def on_save(self, args, state, control, **_):
            self.last = time.monotonic()
            if args.world_size > 1:
                torch.distributed.barrier()
            if state.is_world_process_zero:
                pathlib.Path(folder, REQUEST).unlink(missing_ok=True)
                pathlib.Path(folder, f"checkpoint-{state.global_step}", "COMPLETE").touch()

    return Checkpoints()


def arguments(settings, folder, precision):
    return {
        "output_dir": folder,
        "num_train_epochs": number(settings, "epochs", 3),
        "max_steps": number(settings, "max_steps", -1, int),
        "learning_rate": number(settings, "learning_rate", 2e-5 if settings["mode"] == "full" else 2e-4),
        "per_device_train_batch_size": number(settings, "batch_size", 4, int),
        "gradient_accumulation_steps": number(settings, "gradient_accumulation", 4, int),
        "gradient_checkpointing_kwargs": {"use_reentrant": False},
        "bf16": precision not in ("fp32", "fp16"),
        "fp16": precision == "fp16",
        "warmup_ratio": 0.03,
        "lr_scheduler_type": "cosine",
        "logging_steps": 10,
        "save_strategy": "no",
        "save_total_limit": 2,
        "report_to": "tensorboard",
        "logging_dir": os.path.join(os.environ.get("TERRADEV_OUTPUTS", "/job/outputs"), "tensorboard"),
        "seed": 42,
    }


def train():
    import peft
    import torch
    import transformers
    import trl

    settings = read_settings()
    folder = os.environ.get("TERRADEV_CHECKPOINTS", "/job/checkpoints")
    outputs = os.environ.get("TERRADEV_OUTPUTS", "/job/outputs")
    mode, precision = settings["mode"], settings["precision"]
    model_id = hub_id(settings["model"], "model")
    dtype, quantization = weights(mode, precision)

    data = load_data(settings, os.environ.get("TERRADEV_DATA", "/job/data"))
    config = transformers.AutoConfig.from_pretrained(model_id)
    tokenizer = transformers.AutoTokenizer.from_pretrained(model_id)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token

    how = {"torch_dtype": getattr(torch, dtype)}
    if quantization:
        how["quantization_config"] = transformers.BitsAndBytesConfig(**quantization, **(
            {"bnb_4bit_compute_dtype": torch.bfloat16, "bnb_4bit_use_double_quant": True} if "load_in_4bit" in quantization else {}))
        how["device_map"] = {"": int(os.environ.get("LOCAL_RANK", 0))}

    generates = type(config) in transformers.MODEL_FOR_CAUSAL_LM_MAPPING and not config.is_encoder_decoder
    classifies = "label" in data.column_names and "text" in data.column_names and (not generates or config.model_type in ENCODERS)
    if not generates and not classifies:
        sys.exit(f"This program trains text generators, and classifiers on columns text and label; a {config.model_type} with columns "
                 f"{', '.join(data.column_names)} is neither. Set the option command for another program.")
    adapters = None if mode == "full" else peft.LoraConfig(
        r=16, lora_alpha=32, lora_dropout=0.05, target_modules="all-linear", task_type="SEQ_CLS" if classifies else "CAUSAL_LM")
    shared = arguments(settings, folder, precision)
    max_length = number(settings, "max_length", 1024, int)
    saver = checkpoints(folder, number(settings, "checkpoint_minutes", 15))

    if classifies:
        model = transformers.AutoModelForSequenceClassification.from_pretrained(model_id, num_labels=len(set(data["label"])), **how)
        model.config.pad_token_id = tokenizer.pad_token_id
        if adapters:
            model = peft.get_peft_model(peft.prepare_model_for_kbit_training(model) if quantization else model, adapters)
        if data.features["label"].dtype == "string":
            data = data.class_encode_column("label")
        data = data.map(lambda rows: tokenizer(rows["text"], truncation=True, max_length=min(max_length, tokenizer.model_max_length)), batched=True)
        shared["gradient_checkpointing"] = model.supports_gradient_checkpointing
        trainer = transformers.Trainer(
            model=model, args=transformers.TrainingArguments(**shared), train_dataset=data, processing_class=tokenizer,
            data_collator=transformers.DataCollatorWithPadding(tokenizer), callbacks=[saver])
    else:
        model = transformers.AutoModelForCausalLM.from_pretrained(model_id, **how)
        model.config.use_cache = False
        shared["gradient_checkpointing"] = model.supports_gradient_checkpointing
        trainer = trl.SFTTrainer(
            model=model, args=trl.SFTConfig(**shared, max_length=max_length), train_dataset=data, processing_class=tokenizer,
            peft_config=adapters, callbacks=[saver])

    checkpoint = newest_checkpoint(folder)
    print(f"Resuming from {checkpoint.name}." if checkpoint else "Starting from the beginning.")
    result = trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    trainer.save_model(os.path.join(outputs, "model"))
    if trainer.is_world_process_zero():
        tokenizer.save_pretrained(os.path.join(outputs, "model"))
        pathlib.Path(outputs, "metrics.json").write_text(json.dumps(result.metrics, indent=2) + "\n", encoding="utf-8")


def main():
    folder = os.environ.get("TERRADEV_CHECKPOINTS", "/job/checkpoints")
    # Only the launcher gets signals, so the wish travels as a file that every process sees.
    if "LOCAL_RANK" in os.environ:
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)
        train()
        return 0
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    pathlib.Path(folder, REQUEST).unlink(missing_ok=True)
    signal.signal(signal.SIGUSR1, lambda *_: pathlib.Path(folder, REQUEST).touch())
    # A process of its own even for one GPU: a handler in Python waits while PyTorch computes or loads.
    child = subprocess.Popen([sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "gpu", os.path.abspath(__file__)])
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    code = child.wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
