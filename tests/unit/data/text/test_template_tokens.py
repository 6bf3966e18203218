"""What chat templates write around a turn is a leak, family by family; what people write in brackets and tags is none."""

from __future__ import annotations

import re

import pytest

from gates.data.text.marks.phrases import LEAKED_FRAME
from gates.data.text.marks.template_tokens import TEMPLATE_TOKEN

# A turn as the chat template of each family renders it; bars and spaces of DeepSeek are U+FF5C and U+2581.
TURNS = {
    "ChatML, Qwen": "<|im_start|>assistant\nParis.<|im_end|>",
    "Phi 4": "<|im_start|>assistant<|im_sep|>Paris.<|im_end|>",
    "Phi 3": "<|assistant|>\nParis.<|end|>",
    "Llama 2": "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nCapital? [/INST] Paris. </s>",
    "Llama 3": "<|start_header_id|>assistant<|end_header_id|>\n\nParis.<|eot_id|>",
    "Llama 4": "<|header_start|>assistant<|header_end|>\n\nParis.<|eot|>",
    "Gemma": "<start_of_turn>model\nParis.<end_of_turn>",
    "Gemma 3": "<image_soft_token> is Paris.",
    "Mistral v1": "<s> [INST] Capital? [/INST] Paris.</s>",
    "Mistral v3": "[AVAILABLE_TOOLS] [] [/AVAILABLE_TOOLS][INST] Capital?[/INST] Paris.",
    "Mistral v7": "[SYSTEM_PROMPT]Be brief.[/SYSTEM_PROMPT]Paris.",
    "Magistral": "Capital, so.[/THINK]Paris.",
    "DeepSeek": "<\uff5cAssistant\uff5c>Paris.<\uff5cend\u2581of\u2581sentence\uff5c>",
    "DeepSeek, tools": "<\uff5ctool\u2581calls\u2581begin\uff5c>",
    "Command R": "<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>Paris.<|END_OF_TURN_TOKEN|>",
    "Command A": "<|START_THINKING|>Capital.<|END_THINKING|><|START_RESPONSE|>Paris.<|END_RESPONSE|>",
    "Granite 3": "<|start_of_role|>assistant<|end_of_role|>Paris.<|end_of_text|>",
    "GPT-OSS": "<|channel|>final<|message|>Paris.<|return|>",
    "Nemotron": "<extra_id_1>Assistant\nParis.",
    "GLM 4": "[gMASK]<sop><|assistant|>\nParis.",
    "end of text": "Paris.</s>",
    "GPT 2": "Paris.<|endoftext|>",
}


@pytest.mark.parametrize("family", TURNS)
def test_token_of_a_family_is_known(family):
    assert re.search(TEMPLATE_TOKEN, TURNS[family].lower())


@pytest.mark.parametrize(
    "text",
    [
        "Use <strong>bold</strong> and <small>small</small> type; <span>, <sup> and <sub> as well.",
        "Usage: tool [OPTIONS] [ARGS]... or tool [PREFIX] [MIDDLE] [SUFFIX]",
        "contents = [tool_content]; ids[call_id] = 1; a = b[i] | c[j]",
        "In F# write x |> f <| y, and in shell: a <|b| c",
        "See [1], [sic], [citation needed] and <https://example.org>.",
        "List<String>, vector<int>, <T extends U>, a < b | c > d",
        "The user said: assistant, please. <3 |o| <user@example.org>",
        "<think> is a tag of reasoning models; <think>step</think> stands before an answer.",
    ],
)
def test_what_people_write_is_no_token(text):
    assert not re.search(TEMPLATE_TOKEN, text.lower())


@pytest.mark.parametrize(
    ("text", "is_leak"),
    [
        ("So it is Paris.\n</think>\n\nParis.", True),
        ("<think>\nSo it is Paris.\n</think>\n\nParis.", False),
        ("Models write <think> first and </think> last.", False),
    ],
)
def test_end_of_thoughts_without_their_beginning_is_a_leak(text, is_leak):
    assert any(re.search(pattern, text.lower()) for pattern in LEAKED_FRAME) == is_leak
