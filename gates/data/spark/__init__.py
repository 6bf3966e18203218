"""The second engine: what is asked of every row runs on Spark's workers."""
