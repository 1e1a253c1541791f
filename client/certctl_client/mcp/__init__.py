"""`certctl mcp`: the stack for language models, over the Model Context Protocol on stdio.

`command` starts it, `server` puts it together of `tools`, `resources` and `prompts`. `marking` is what keeps
texts of strangers apart from what the server itself says. Only `server` and what it imports load the SDK.
"""
