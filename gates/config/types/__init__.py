"""The built-in data types, one file each: every module here that defines `TYPE` is one."""
