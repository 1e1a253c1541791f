"""`certctl mcp`: the stack for language models, over the Model Context Protocol on stdio.

`command` starts it, `server` is composed of `tools`, `resources` and `prompts`. `marking` separates texts of
strangers from the server's own words. Only `server` and the modules that it imports load the SDK.
"""
