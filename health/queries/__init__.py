from health.queries.receipt import Line, Receipt, receipt

__all__ = ["Line", "Receipt", "receipt"]
