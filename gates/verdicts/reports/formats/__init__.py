"""The reports that gates brings along: a file each, called as `--format` calls it, with one `REPORT`."""
