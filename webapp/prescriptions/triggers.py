"""What the database itself refuses about prescriptions, in PL/pgSQL; the triggers that run it stand in models.py."""

IS_DOCTOR = """
    IF NOT EXISTS (
        SELECT 1 FROM accounts_userrole r JOIN accounts_user u ON u.id = r.user_id
        WHERE r.user_id = NEW.{who} AND r.role = 'doctor' AND u.is_active
    ) THEN
        RAISE EXCEPTION '{complaint}';
    END IF;
"""

# The three minutes are those in which a signature may be taken back: before, nobody was told of it.
_SIGNED_AND_TOLD = """
    IF NOT EXISTS (
        SELECT 1 FROM plans_planitem i JOIN plans_plan p ON p.id = i.plan_id
        WHERE i.id = NEW.item_id AND p.id = NEW.plan_id AND p.patient_id = NEW.patient_id
        AND i.kind = 'rx' AND i.decision IN ('accepted', 'edited', 'added')
        AND p.status = 'signed' AND p.signed_at <= clock_timestamp() - interval '3 minutes'
    ) THEN
        RAISE EXCEPTION 'a prescription is of an item of a signed plan that its patient was told of';
    END IF;
    RETURN NEW;
"""

OF_A_SIGNED_ITEM = (
    IS_DOCTOR.format(who="issued_by_id", complaint="only a doctor writes a prescription") + _SIGNED_AND_TOLD
)

RENEWED_BY_A_DOCTOR = (
    IS_DOCTOR.format(who="decided_by_id", complaint="only a doctor renews a medicine") + "\n    RETURN NEW;\n"
)
