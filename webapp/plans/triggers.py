"""What the database itself refuses about plans, in PL/pgSQL; the triggers that run it stand in models.py."""

_IS_DOCTOR = """
    IF NOT EXISTS (
        SELECT 1 FROM accounts_userrole r JOIN accounts_user u ON u.id = r.user_id
        WHERE r.user_id = NEW.{who} AND r.role = 'doctor' AND u.is_active
    ) THEN
        RAISE EXCEPTION '{complaint}';
    END IF;
"""

_ALL_DECIDED = """
    IF EXISTS (
        SELECT 1 FROM plans_planitem i
        WHERE i.plan_id = NEW.id AND i.decision = 'pending' AND i.kind NOT IN ('dx', 'alert', 'ask')
    ) THEN
        RAISE EXCEPTION 'every item is decided before a plan is signed';
    END IF;
"""

_RETURN = "\n    RETURN NEW;\n"

SIGNED_BY_A_DOCTOR = (
    _IS_DOCTOR.format(who="signed_by_id", complaint="only a doctor signs a plan") + _ALL_DECIDED + _RETURN
)

DECIDED_BY_A_DOCTOR = _IS_DOCTOR.format(who="decided_by_id", complaint="only a doctor decides an item") + _RETURN

# A signed plan may be replaced by the next one; a plan put aside stays as it was.
ONLY_REPLACED = """
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a plan that was signed or put aside is kept';
    END IF;
    IF OLD.status = 'signed' AND NEW.status = 'replaced'
       AND to_jsonb(NEW) - 'status' = to_jsonb(OLD) - 'status' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a plan that was signed or put aside does not change';
"""

ONLY_IN_DRAFTS = """
    IF NOT EXISTS (
        SELECT 1 FROM plans_plan p WHERE p.status = 'draft'
        AND p.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.plan_id ELSE NEW.plan_id END
    ) THEN
        RAISE EXCEPTION 'only the items of a draft change';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.plan_id <> OLD.plan_id THEN
        RAISE EXCEPTION 'an item stays in its plan';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""
