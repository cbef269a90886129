from nps.api.responses import ResponseViewSet

__all__ = ["ResponseViewSet"]
