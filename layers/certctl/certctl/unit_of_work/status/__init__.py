"""Publication of CRLs: the next CRL of a shard, put and recorded; `authorities` and `status` both publish."""
