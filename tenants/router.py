from tenants.scoping import is_over_the_wall


class WallRouter:
    """Reads over the wall go to the ops role; everything else to the app role."""

    def db_for_read(self, model, **hints):
        return "ops" if is_over_the_wall() else None

    def db_for_write(self, model, **hints):
        return None

    def allow_relation(self, one, other, **hints):
        return True  # one database, three roles

    def allow_migrate(self, db, app_label, **hints):
        return db == "owner"
