"""A private CA of AWS's kind on loopback, which the real client of botocore talks to.

There is no Private CA in the tests' reach, and moto's forgives: the same token makes two certificates there,
and the validity is ignored. This one follows the API reference; `shapes.py` holds it to botocore's model.

- `model.py`: what the CA does, in memory, with a clock of the test;
- `templates.py`: which certificate comes of a CSR and a template;
- `shapes.py`: requests and responses by botocore's model, with patterns, enums and lengths;
- `server.py`: JSON 1.1 over HTTP, and connections that end before the response;
- `plane.py`: the external issuer worker with this CA.
"""
