"""A million certificates, by what is counted for one."""
