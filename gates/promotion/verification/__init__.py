"""Recomputes what promotions claim, offline: tags, files, contract, data, order and signatures, each a finding."""
