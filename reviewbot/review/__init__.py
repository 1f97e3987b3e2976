"""From findings to decisions and words: engine, policy, compose, render."""
