"""`certctl mcp`: the stack for language models, over the Model Context Protocol on stdio or HTTP.

`command` starts it, `server` is composed of tools (`toolsets`), `resources` and `prompts`. `marking`
separates what strangers wrote from the server's own words. Only `server` and the modules that it imports
load the SDK.
"""
