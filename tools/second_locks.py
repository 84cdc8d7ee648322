"""Checks that stand behind another one: taken away alone they open nothing, and each says here why it stays."""

Name = tuple[str, str, str, str]  # file, function, what stands there, what stands there without the check


def reasons() -> dict[Name, str]:
    """Return why a check stays that no test can miss, by the name of the change that takes it away."""
    return {name: reason for reason, names in LOCKS.items() for name in names}


LOCKS: dict[str, tuple[Name, ...]] = {
    "The link sent in the same transaction asks again and takes the new account back; asked first, it costs no work.": (
        ("webapp/accounts/staff.py", "engage", "_check(actor)", "None"),
    ),
    "Who asks is an administrator who stays: whoever is none, another than the one in question is always left.": (
        (
            "webapp/accounts/staff.py",
            "_keep_one",
            "UserRole.objects.filter(role=Role.ADMINISTRATOR, user=user)",
            "UserRole.objects.filter(role=Role.ADMINISTRATOR)",
        ),
    ),
    "The session is looked for among the person's own twice: one of the two is enough, and both are cheap.": (
        (
            "webapp/accounts/whereabouts.py",
            "end",
            "Session.objects.filter(user_id=user_id)",
            "Session.objects.filter()",
        ),
        (
            "webapp/accounts/whereabouts.py",
            "end",
            "Session.objects.filter(user_id=user_id, session_key__in=fitting)",
            "Session.objects.filter(session_key__in=fitting)",
        ),
    ),
    "The index is made of the patient and the words together, so that it fits no other patient's row.": (
        (
            "webapp/alerts/selectors.py",
            "of_rule",
            "Alert.objects.filter( patient_id=patient_id, "
            'rule_index=fields.index_of(Alert, "rule_index", patient_id, rule) )',
            "Alert.objects.filter(rule_index=fields.index_of(Alert, 'rule_index', patient_id, rule))",
        ),
        (
            "webapp/plans/monitoring.py",
            "_open",
            "Task.objects.filter(patient_id=plan.patient_id, what_index=index, status=Status.OPEN)",
            "Task.objects.filter(what_index=index, status=Status.OPEN)",
        ),
    ),
    "What is found is looked up by its plan, and only the patient's plans are asked about; it spares reading more.": (
        (
            "webapp/plans/treatments.py",
            "_prescriptions",
            'PlanItem.objects.filter(plan__in=signed, kind__in=("rx", "supp"), decision__in=TAKEN)',
            "PlanItem.objects.filter(kind__in=('rx', 'supp'), decision__in=TAKEN)",
        ),
        (
            "webapp/plans/watching.py",
            "_reminders",
            "PlanItem.objects.filter(plan__in={task.plan_id for task in listed}, decision__in=TAKEN)",
            "PlanItem.objects.filter(decision__in=TAKEN)",
        ),
    ),
    "What is known is looked up by each patient asked about, so that nobody else’s is used; it spares reading more.": (
        (
            "webapp/results/selectors.py",
            "people_of",
            "Observation.objects.filter( patient__in=found, "
            'code="pregnant", superseded_by__isnull=True, entered_in_error=False )',
            "Observation.objects.filter(code='pregnant', superseded_by__isnull=True, entered_in_error=False)",
        ),
    ),
}
