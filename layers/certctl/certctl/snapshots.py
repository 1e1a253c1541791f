"""What functions that SnapStart starts from one snapshot must not share.

`random` spreads retries and publishers: with one seed all would collide again and again. Keys, ids and serial
numbers come from the operating system, which AWS reseeds. Clients and connections are made inside handlers,
so a snapshot holds none. docs.aws.amazon.com/lambda/latest/dg/snapstart-uniqueness.html
"""

import random

try:
    # Part of Lambda's managed runtimes for Python; nothing else has it, and nothing else needs it.
    from snapshot_restore_py import register_after_restore
except ImportError:
    pass
else:
    register_after_restore(random.seed)
