"""Tokens that chat templates and tokenisers put around what is said, by family of models; in a text they are a leak.

One table for responses, both sides of a pair and texts alike. Sources: the `tokenizer_config.json` and the prompt format
that each family publishes.
"""

# ruff: noqa: RUF001, RUF003 - tokens of DeepSeek have full-width bars

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

TEMPLATE_TOKENS: Mapping[str, tuple[str, ...]] = {
    # https://github.com/openai/openai-python/blob/release-v0.28.0/chatml.md; Qwen 2 to 3, Yi, SmolLM
    "ChatML": ("<|im_start|>", "<|im_end|>", "<|im_sep|>"),
    # https://github.com/openai/tiktoken (cl100k_base), https://cookbook.openai.com/articles/openai-harmony
    "GPT": ("<|endoftext|>", "<|endofprompt|>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "<|start|>",
            "<|end|>", "<|message|>", "<|channel|>", "<|return|>", "<|call|>"),
    # https://github.com/meta-llama/llama/blob/main/llama/generation.py; CodeLlama and Mistral 7B use the same
    "Llama 2": ("[INST]", "[/INST]", "<<SYS>>", "<</SYS>>", "<s>", "</s>"),
    # https://github.com/meta-llama/llama-models, models/llama3_3/prompt_format.md
    "Llama 3": ("<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>",
                "<|eom_id|>", "<|python_tag|>", "<|finetune_right_pad_id|>"),
    # https://github.com/meta-llama/llama-models, models/llama4/prompt_format.md
    "Llama 4": ("<|header_start|>", "<|header_end|>", "<|eot|>", "<|eom|>", "<|image_start|>", "<|image_end|>"),
    # https://ai.google.dev/gemma/docs/core/prompt-structure; Gemma 3's and 3n's processors in huggingface/transformers
    "Gemma": ("<start_of_turn>", "<end_of_turn>", "<bos>", "<eos>", "<start_of_image>", "<end_of_image>",
              "<image_soft_token>", "<audio_soft_token>"),
    # https://huggingface.co/microsoft/Phi-3-mini-4k-instruct
    "Phi": ("<|user|>", "<|assistant|>", "<|system|>", "<|placeholder1|>"),
    # https://github.com/mistralai/mistral-common, SpecialTokens, v2 to v13 and Tekken. Not its [ARGS], [CALL_ID], [PREFIX] and
    # [TOOL_CONTENT]: lists of one variable and synopses of commands read so.
    "Mistral": ("[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]", "[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]", "[TOOL_CALLS]",
                "[TOOL_RESULTS]", "[/TOOL_RESULTS]", "[/THINK]", "[IMG_BREAK]", "[IMG_END]"),
    # https://huggingface.co/deepseek-ai/DeepSeek-V3; its bars are U+FF5C, its spaces U+2581
    "DeepSeek": ("<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>", "<｜User｜>", "<｜Assistant｜>", "<|EOT|>"),
    # https://docs.cohere.com/docs/prompting-command-r
    "Command": ("<|START_OF_TURN_TOKEN|>", "<|END_OF_TURN_TOKEN|>", "<|USER_TOKEN|>", "<|CHATBOT_TOKEN|>",
                "<|SYSTEM_TOKEN|>", "<BOS_TOKEN>", "<EOS_TOKEN>"),
    # https://huggingface.co/bigcode/starcoder2-15b and starcoder
    "StarCoder": ("<fim_prefix>", "<fim_middle>", "<fim_suffix>", "<fim_pad>", "<file_sep>", "<repo_name>", "<reponame>",
                  "<gh_stars>", "<issue_start>", "<issue_comment>", "<jupyter_start>", "<jupyter_code>", "<empty_output>"),
    # https://huggingface.co/docs/transformers (BERT, T5, Falcon, GLM, InternLM); Nemotron's prompt format (extra_id_1)
    "others": ("<unk>", "<pad>", "[CLS]", "[SEP]", "[PAD]", "[UNK]", "<extra_id_0>", "<extra_id_1>", "<extra_id_2>", "[gMASK]", "<sop>", "<eop>", "<eoh>",
               "<eoa>", ">>QUESTION<<", ">>ANSWER<<", "<|startoftext|>", "<|start_of_role|>", "<|end_of_role|>"),
}  # fmt: skip
# Bars around a word, which most families write and no other text has: `<|tool|>`, `<｜tool▁calls▁begin｜>`.
_BARRED = r"<[|｜][a-z][\w▁ -]{0,40}[|｜]>"
_PLAIN = sorted({
    token.lower()
    for tokens in TEMPLATE_TOKENS.values()
    for token in tokens
    if not re.fullmatch(_BARRED, token.lower())
})  # fmt: skip

# Over lowered text.
TEMPLATE_TOKEN = "|".join((_BARRED, *map(re.escape, _PLAIN)))
