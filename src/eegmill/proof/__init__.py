"""Derivatives that travel: published without what can be made again, made again elsewhere, vouched for by others."""
