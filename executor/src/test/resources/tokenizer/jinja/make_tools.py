"""Makes tools.json: chat templates with tools and what transformers makes of them.

python make_tools.py (transformers 5.24, jinja2 3.1), in this folder. The templates are two of gold.json and one in the form
of ERNIE's thinking models, written here.
"""

import json

from transformers.utils.chat_template_utils import render_jinja_template

ERNIE = """\
{{- '<|im_start|>system\\n<global_setting>\\nthink_mode=' ~ ('True' if enable_thinking | default(true) else 'False') ~ '\\n</global_setting>' -}}
{%- if messages[0].role == 'system' -%}
{{- '<system_setting>\\n' + messages[0].content + '\\n</system_setting>' -}}
{%- endif -%}
{%- if tools -%}
{{- '<tool_list>\\n' + tools | tojson + '\\n</tool_list>' -}}
{%- endif -%}
{{- '<|im_end|>\\n\\n' -}}
{%- for message in messages -%}
{%- if message.role == 'user' -%}
{{- '<|im_start|>user\\n' + (message.name + ': ' if message.name is defined else '') + message.content + '<|im_end|>\\n\\n' -}}
{%- elif message.role == 'assistant' -%}
{{- '<|im_start|>assistant\\n' -}}
{%- if message.reasoning_content is defined and message.reasoning_content -%}
{{- '<think>\\n' + message.reasoning_content + '\\n</think>\\n' -}}
{%- endif -%}
{%- if message.content -%}{{- '<response>\\n' + message.content + '\\n</response>\\n' -}}{%- endif -%}
{%- for call in message.tool_calls | default([]) -%}
{{- '<tool_call>\\n' + {'name': call.function.name, 'arguments': call.function.arguments} | tojson + '\\n</tool_call>\\n' -}}
{%- endfor -%}
{{- '<|im_end|>\\n\\n' -}}
{%- elif message.role == 'tool' -%}
{{- '<|im_start|>tool\\n<tool_output id=' ~ message.tool_call_id ~ '>' + message.content + '</tool_output><|im_end|>\\n\\n' -}}
{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' + ('<think>\\n' if enable_thinking | default(true) else '<think>\\n\\n</think>\\n\\n') -}}{%- endif -%}
"""

# Every way to write JSON that the filter has.
LAYOUTS = """\
{{ tools | tojson(indent=2) }}
{{ tools | tojson(indent=0) }}
{{ tools | tojson(true) }}
{{ tools | tojson(ensure_ascii=true, sort_keys=true) }}
{{ tools | tojson(separators=(',', ':')) }}
{{ tools | tojson(false, 1, (', ', '=')) }}
{{ tools | tojson(indent='\\t') }}
{{ tools }} {{ extra }}
"""

TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "It's é \"<b>\" & 北京 😀\\\n\t\u0001\u007f\u2028 </tool_list>",
            "parameters": {
                "type": "object",
                "properties": {
                    "location": {"type": "string", "default": None, "enum": []},
                    "Ünit": {"type": "number", "minimum": -0.5, "maximum": 1e22, "multipleOf": 1e-7, "default": 1.0},
                    "big": {"type": "integer", "maximum": 18446744073709551615, "minimum": -9223372036854775808},
                },
                "required": ["location"],
                "additionalProperties": False,
                "$defs": {},
            },
            "strict": True,
        },
    },
    {"type": "function", "function": {"name": "now", "parameters": {"type": "object", "properties": {}}}},
]

ARGUMENTS = {"location": "北京 \"x\"", "n": [1, 2.5, None, True, {"a": {}}]}
CALLS = [
    {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": ARGUMENTS}},
    {"id": "call_2", "type": "function", "function": {"name": "now", "arguments": {}}},
]
TALK = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Weather?", "name": "Anna"},
    {"role": "assistant", "content": "", "reasoning_content": "I need it.", "tool_calls": CALLS},
    {"role": "tool", "content": '{"t": 3}', "tool_call_id": "call_1"},
    {"role": "tool", "content": "noon", "tool_call_id": "call_2"},
    {"role": "assistant", "content": "3 degrees.", "reasoning_content": ""},
    {"role": "user", "content": "Thanks"},
]
ONE_CALL = [dict(m, tool_calls=m["tool_calls"][:1]) if "tool_calls" in m else m for m in TALK]
QUESTION = TALK[:2]
EXTRA = {"list": [1, 2.5, None, False, "a'b"], "n": 18446744073709551615}

gold = json.load(open("gold.json"))
templates = {"qwen25": gold["qwen25/tools"]["tpl"], "llama31": gold["llama31/tools"]["tpl"], "ernie": ERNIE, "layouts": LAYOUTS}

cases = {}


def case(name, template, messages, tools=None, **arguments):
    (text,), _ = render_jinja_template(
        conversations=[messages],
        tools=tools,
        chat_template=templates[template],
        add_generation_prompt=True,
        bos_token="<s>",
        eos_token="</s>",
        **arguments,
    )
    cases[name] = {"template": template, "messages": messages, "tools": tools, "arguments": arguments, "text": text}


case("qwen25 talk", "qwen25", TALK, TOOLS)
case("qwen25 without tools", "qwen25", TALK)
case("llama31 question", "llama31", QUESTION, TOOLS, date_string="22 Nov 2026")
case("llama31 tools in the system message", "llama31", QUESTION, TOOLS, date_string="x", tools_in_user_message=False)
case("llama31 talk", "llama31", ONE_CALL, TOOLS, date_string="22 Nov 2026")
case("ernie talk", "ernie", TALK, TOOLS)
case("ernie without thinking", "ernie", QUESTION, None, enable_thinking=False)
case("ernie unknown argument", "ernie", QUESTION, TOOLS, nobody_knows={"a": [1]})
case("layouts", "layouts", QUESTION, TOOLS, extra=EXTRA)

with open("tools.json", "w") as out:
    json.dump({"templates": templates, "cases": cases}, out, ensure_ascii=True, indent=1)
    out.write("\n")
