from django.urls import path

from worklist.views import alerts, escalation, tasks

app_name = "worklist"

urlpatterns = [
    path("tasks/", tasks.task_list, name="task-list"),
    path("tasks/new/", tasks.task_create, name="task-create"),
    path("tasks/<uuid:pk>/closing/", tasks.closing_create, name="closing-create"),
    path("tasks/<uuid:pk>/reopening/", tasks.reopening_create, name="reopening-create"),
    path("tasks/<uuid:pk>/owner/", tasks.owner_change, name="owner-change"),
    path("tasks/<uuid:pk>/due/", tasks.due_change, name="due-change"),
    path("alerts/", alerts.alert_list, name="alert-list"),
    path(
        "alerts/<uuid:pk>/acknowledgement/",
        alerts.acknowledgement_create,
        name="acknowledgement-create",
    ),
    path(
        "alerts/<uuid:pk>/resolution/",
        alerts.resolution_create,
        name="resolution-create",
    ),
    path("settings/escalation/", escalation.rule_edit, name="escalation"),
]
