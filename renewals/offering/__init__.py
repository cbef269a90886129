"""What an offer costs and how it reads: plain values in, text and files out."""
