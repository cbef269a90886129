"""`python -m cs_platform.demo`: the whole product on one machine, with demo data."""
