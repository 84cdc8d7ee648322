"""What the database itself refuses about shares, in SQL; the triggers that run it stand in models.py."""

_KEPT = ("id", "patient_id", "specialist_id", "opened_at", "opened_on")

# True of every change but these: of what is not taken back, what is read and until when; and that it is taken back.
MORE_THAN_THE_EXTENT = " OR ".join(
    [*(f'OLD."{column}" IS DISTINCT FROM NEW."{column}"' for column in _KEPT), 'OLD."taken_back_at" IS NOT NULL']
)

WITH_A_SPECIALIST = """
    IF NOT EXISTS (
        SELECT 1 FROM accounts_userrole r JOIN accounts_user u ON u.id = r.user_id
        WHERE r.user_id = NEW.specialist_id AND r.role = 'specialist' AND u.is_active
    ) OR EXISTS (
        SELECT 1 FROM patients_patient p WHERE p.id = NEW.patient_id AND p.user_id = NEW.specialist_id
    ) THEN
        RAISE EXCEPTION 'a record is opened to a specialist, who is somebody else';
    END IF;
    RETURN NEW;
"""
