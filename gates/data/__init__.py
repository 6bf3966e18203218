"""Files to rows: formats, the local engine, the one pass, texts."""
