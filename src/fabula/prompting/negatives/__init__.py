"""The studio's negative prompts as operators write them."""
