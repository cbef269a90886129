from worklist.queries.team import Team, team

__all__ = ["Team", "team"]
