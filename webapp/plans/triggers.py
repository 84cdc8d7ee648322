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

# A signature dated ahead would stretch the time in which it can be taken back.
_NOT_AHEAD = """
    IF NEW.signed_at > clock_timestamp() + interval '1 minute' THEN
        RAISE EXCEPTION 'a plan is not signed in the future';
    END IF;
"""

_RETIRES_THE_NEWEST = """
    IF NEW.replaces_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM plans_plan p WHERE p.id = NEW.replaces_id AND p.patient_id = NEW.patient_id
        AND p.status = 'replaced' AND NOT EXISTS (
            SELECT 1 FROM plans_plan q
            WHERE q.patient_id = p.patient_id AND q.id <> NEW.id AND q.signed_at > p.signed_at
        )
    ) THEN
        RAISE EXCEPTION 'a plan replaces the one its patient had before';
    END IF;
"""

# Without the second opinion's word nothing is released; against it, or without its confirmation, only in writing.
_CHECKED = """
    IF NOT EXISTS (
        SELECT 1 FROM plans_confirmation c WHERE c.evaluation_id = NEW.evaluation_id
        AND (c.state IN ('confirmed', 'absent') OR NEW.unconfirmed_note IS NOT NULL)
    ) THEN
        RAISE EXCEPTION 'a plan that the second opinion does not confirm is signed with a written reason only';
    END IF;
"""

SIGNED_BY_A_DOCTOR = (
    _IS_DOCTOR.format(who="signed_by_id", complaint="only a doctor signs a plan")
    + _ALL_DECIDED
    + _CHECKED
    + _NOT_AHEAD
    + _RETIRES_THE_NEWEST
    + _RETURN
)

DECIDED_BY_A_DOCTOR = _IS_DOCTOR.format(who="decided_by_id", complaint="only a doctor decides an item") + _RETURN

# A signed plan may be replaced by the next one. Until its patient is told it may become a draft again, and the plan
# it had replaced then is the signed one again; a plan put aside stays as it was. Nothing else of them ever changes.
ONLY_REPLACED = """
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a plan that was signed or put aside is kept';
    END IF;
    IF OLD.status = 'signed' AND NEW.status = 'replaced'
       AND to_jsonb(NEW) - 'status' = to_jsonb(OLD) - 'status' THEN
        RETURN NEW;
    END IF;
    IF OLD.status = 'signed' AND NEW.status = 'draft' AND NEW.revision = OLD.revision + 1
       AND to_jsonb(NEW) - '{status,signed_by_id,signed_at,revision}'::text[]
         = to_jsonb(OLD) - '{status,signed_by_id,signed_at,revision}'::text[] THEN
        IF clock_timestamp() >= OLD.signed_at + interval '3 minutes' THEN
            RAISE EXCEPTION 'a plan whose patient has been told is not taken back';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.status = 'replaced' AND NEW.status = 'signed'
       AND to_jsonb(NEW) - 'status' = to_jsonb(OLD) - 'status'
       AND EXISTS (SELECT 1 FROM plans_plan p WHERE p.replaces_id = OLD.id AND p.status = 'draft') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a plan that was signed or put aside does not change';
"""

# Which plan a signature retires is written with the signature, and taken out of a draft, never put into one.
RETIRES_BY_SIGNING = """
    IF TG_OP = 'INSERT' THEN
        RAISE EXCEPTION 'a draft replaces no plan';
    END IF;
    IF OLD.status = 'draft' AND NEW.replaces_id IS DISTINCT FROM OLD.replaces_id THEN
        RAISE EXCEPTION 'a draft replaces no plan';
    END IF;
    RETURN NEW;
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
