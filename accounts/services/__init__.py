from accounts.services.touch import touch

__all__ = ["touch"]
