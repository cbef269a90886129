"""What a usage client sends, understood. Pure: bytes and values in, values out."""
