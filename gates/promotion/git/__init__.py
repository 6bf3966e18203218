"""Promotions as git has them: tags, objects, history, transactions, pushes."""
