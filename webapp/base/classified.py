"""Every table and column of the database by kind, and why some personal ones stand in clear. Read classification.py."""

from webapp.base.classified_texts import TEXTS
from webapp.base.kept import (
    ACCOUNT,
    ALWAYS,
    BOOK,
    CARE,
    CONSENT,
    CONTENT,
    PEOPLE,
    PRODUCT,
    RECORD,
    RUNNING,
    SAFETY,
    SHORT,
)
from webapp.base.kinds import Table, table

LINE = "id patient_id recorded_by_id recorded_at "
ENTRY = LINE + "supersedes_id verification active entered_in_error "

TABLES: dict[str, Table] = {
    # --- care
    "patients.Patient": table(
        CARE, "Who is treated", RECORD,
        identity="given_name family_name birth_date birth_date_index national_id national_id_index other_id"
        " other_id_index sex record_number",
        contact="email email_index phone phone_index",
        technical="id user_id language channel general_practitioner_id registered_at",
    ),
    "patients.NamePrefix": table(
        CARE, "Finds a patient by the first letters of a name", RECORD, identity="index", technical="id patient_id"
    ),
    "patients.NotTheSame": table(
        CARE, "Two patients who look alike and are not one", RECORD,
        technical="id patient_id other_id decided_by_id decided_at",
    ),
    "patients.RelatedPerson": table(
        CARE, "Whom to call, and who may decide for a patient", RECORD,
        identity="name relationship", contact="phone email", clinical="note",
        technical=ENTRY + "is_emergency_contact is_guardian",
    ),
    "patients.Observation": table(
        CARE, "What was said, measured or found", RECORD,
        clinical="value code unit effective_at",
        technical=LINE + "origin source_id supersedes_id verification entered_in_error",
    ),
    "patients.AllergyIntolerance": table(
        CARE, "What a patient must not be given", RECORD, clinical="code code_index text", technical=ENTRY
    ),
    "patients.MedicationStatement": table(
        CARE, "What a patient takes", RECORD, clinical="code text dose started_on ended_on", technical=ENTRY
    ),
    "patients.PreviousTreatment": table(
        CARE, "What was taken before, and what came of it", RECORD,
        clinical="code text outcome reason started ended", technical=ENTRY,
    ),
    "patients.Condition": table(
        CARE, "What a patient has or had", RECORD, clinical="code code_index detail", technical=ENTRY
    ),
    "patients.FamilyMemberHistory": table(
        CARE, "What runs in the family", RECORD, clinical="code relation index", technical=ENTRY
    ),
    "patients.Procedure": table(
        CARE, "What was done to a patient", RECORD, clinical="code text performed outcome place", technical=ENTRY
    ),
    "patients.Encounter": table(
        CARE, "Stays and visits elsewhere", RECORD,
        clinical="kind reason place outcome started ended", technical=ENTRY,
    ),
    "patients.Binary": table(
        CARE, "What a file is", RECORD, clinical="content_index", technical=LINE + "content_type size"
    ),
    "patients.BinaryChunk": table(
        CARE, "The bytes of a file", RECORD, clinical="data", technical="id binary_id position"
    ),
    "patients.DocumentReference": table(
        CARE, "Documents of the record", RECORD, clinical="title kind",
        technical=ENTRY + "content_id released_by_id released_at",
    ),
    "patients.DiagnosticReport": table(
        CARE, "Reports of tests", RECORD,
        clinical="category title conclusion performer effective", technical=ENTRY + "document_id",
    ),
    "patients.NoneRecorded": table(
        CARE, "That a list was asked for: empty, or no more than stands in it", RECORD, clinical="list", technical=LINE
    ),
    "intake.QuestionnaireResponse": table(
        CARE, "A questionnaire or diary page a patient fills in", RECORD,
        clinical="questionnaire for_day only",
        technical="id patient_id version_id release_id status recalled language started_at completed_at"
        " completed_by_id asked_by_id",
    ),
    "intake.Answer": table(
        CARE, "What was answered", RECORD,
        clinical="value item", technical="id response_id answered_at answered_by_id language",
    ),
    "intake.PastAnswer": table(
        CARE, "What had been answered before it was changed", RECORD,
        clinical="value item",
        technical="id response_id answered_at answered_by_id language because ended_at",
    ),
    "intake.Receipt": table(
        CARE, "That an answer sent twice is taken once", RECORD, technical="id response_id key received_at"
    ),
    "plans.Evaluation": table(
        CARE, "What the engine was asked and said", RECORD,
        clinical="case case_sha256 record_mark result result_sha256",
        technical="id patient_id release_id trial_id status error because created_at",
    ),
    "studio.ShadowCase": table(
        CARE, "What a version of a protocol on trial would have said of an assessment; no plan is made of it",
        "A year after the trial: it goes by itself", clinical="differences weight",
        technical="id trial_id evaluation_id patient_id release_id fault at",
    ),
    "studio.Replay": table(
        CARE, "Past cases put to a draft of a protocol: how many plans would be others, and by which rules",
        "A month, or until asked anew: it goes by itself", clinical="rules",
        technical="id revision_id digest base_id days which until asked_by_id done total reached changed unread spent"
        " fault begun_at stopped_at finished_at",
    ),
    "studio.ReplayCase": table(
        CARE, "A past case whose plan a draft of a protocol would change; no plan is made of it",
        "A month, or until asked anew: it goes by itself", clinical="differences weight cause",
        technical="id replay_id evaluation_id patient_id",
    ),
    "plans.Confirmation": table(
        CARE, "Whether a second engine came to the same result", RECORD,
        clinical="differs", technical="evaluation_id state reason checked_at",
    ),
    "plans.Plan": table(
        CARE, "A plan, its state and who signed it", RECORD,
        clinical="urgency unconfirmed_note",
        technical="id patient_id evaluation_id status revision created_at signed_by_id signed_at replaces_id",
    ),
    "plans.PlanItem": table(
        CARE, "Each line of a plan and what the doctor decided", RECORD,
        clinical="code code_index kind state urgency content note final",
        technical="id plan_id position decision reason_code decided_by_id decided_at second_signer_id",
    ),
    "plans.Handover": table(
        CARE, "Drafts one doctor handed to another, and why", RECORD,
        clinical="reason", technical="id plan_id given_by_id given_to_id given_at opened_at taken_back_at",
    ),
    "plans.SecondSignature": table(
        CARE, "Who was asked to answer for a blocked line too, and the answer", RECORD,
        clinical="answer",
        technical="id item_id plan_id asked_by_id asked_of_id reason_code asked_at state answered_at",
    ),
    "plans.ItemSeen": table(
        CARE, "That a doctor had a line on the screen", RECORD, audit="seen_at", technical="id item_id user_id"
    ),
    "plans.RuleEvent": table(
        CARE, "What doctors made of each rule's proposals", RECORD,
        clinical="protocol rule", technical="id plan_id item_id user_id version what state reason_code seconds at",
    ),
    "plans.Settlement": table(
        CARE, "Warnings a doctor settled, so that they are not repeated", RECORD,
        clinical="key rule facts_digest note", technical="id patient_id plan_id user_id reason_code settled_at",
    ),
    "plans.Task": table(
        CARE, "What is to be looked at again, and when", RECORD,
        clinical="what what_index title note",
        technical="id patient_id plan_id due_on made_by_id made_at status settled_by_id settled_at",
    ),
    "plans.RuleMark": table(
        CARE, "Finds the items that one rule at one version brought", RECORD, clinical="mark", technical="id item_id"
    ),
    "plans.Recall": table(
        CARE, "That everyone treated through one rule is looked at again", RECORD,
        clinical="rule rule_index message", technical="id version made_by_id made_at",
    ),
    "plans.RecallTask": table(
        CARE, "One patient of a recall, and what the doctor did", RECORD,
        clinical="note",
        technical="id recall_id patient_id plan_id doctor_id made_at settled_by_id settled_at",
    ),
    "alerts.Alert": table(
        CARE, "What a clinician must see now", RECORD,
        clinical="rule rule_index code urgency text facts_digest note",
        technical="id patient_id status not_assessed raised_at last_raised_at times acknowledged_by_id acknowledged_at"
        " closed_by_id closed_at",
    ),
    "privacy.Export": table(
        CARE, "That a copy of a whole record is being made, and for whom", "Two hours",
        technical="id patient_id asked_by_id asked_at kind language state done parts",
    ),
    "privacy.ExportPiece": table(
        CARE, "The bytes of that copy", "Two hours", clinical="data", technical="id export_id position"
    ),
    # --- consents
    "patients.ConsentText": table(
        CONSENT, "What patients are asked to agree to", ALWAYS,
        none="id purpose version body_es body_en published_at",
    ),
    "privacy.ConsentDraft": table(
        CONSENT, "A text being written, before anybody is asked", "Until it is published or thrown away",
        none="id purpose body_es body_en revision", technical="changed_by_id changed_at",
    ),
    "patients.Consent": table(
        CONSENT, "Who agreed or withdrew, to which text, when and how", RECORD,
        technical="id patient_id text_id decision channel decided_at recorded_by_id line",
    ),
    # --- people
    "patients.Invitation": table(
        PEOPLE, "Who was invited to the portal, and whether that person came", RECORD, identity="secret_index",
        technical="id patient_id way state tries made_by_id made_at expires_at ended_at",
    ),
    "accounts.User": table(
        PEOPLE, "Who may sign in", ACCOUNT,
        identity="display_name", contact="email email_index",
        technical="id password last_login language is_active created_at",
    ),
    "accounts.UserRole": table(PEOPLE, "Which hats a person owns", ACCOUNT, technical="id user_id role granted_at"),
    "accounts.RolePermission": table(
        PEOPLE, "What each hat may do", PRODUCT, none="id role permission allowed", audit="changed_at changed_by_id"
    ),
    "accounts.Session": table(
        PEOPLE, "Who is signed in at this moment, on which device, with which hat", SHORT,
        technical="session_key session_data expire_date user_id hat began_at seen_at device",
    ),
    "accounts.CodeChannel": table(
        PEOPLE, "Where codes go of who has no app", ACCOUNT, contact="number", technical="id user_id kind created_at"
    ),
    "accounts.SentCode": table(
        PEOPLE, "Codes that were sent, as digests", SHORT, technical="id user_id digest sent_at tries used_at"
    ),
    "accounts.Token": table(
        PEOPLE, "By what programs act for a person: digests, with what they may do and until when", ACCOUNT,
        technical="id user_id name digest hat writes made_at ends_at used_at revoked_at",
    ),
    "mfa.Authenticator": table(
        PEOPLE, "The second factor of a person", ACCOUNT, technical="id user_id type data created_at last_used_at"
    ),
    "account.EmailAddress": table(
        PEOPLE, "Of the login package; stays empty", ACCOUNT, technical="id user_id email verified primary"
    ),
    "account.EmailConfirmation": table(
        PEOPLE, "Of the login package; stays empty", ACCOUNT, technical="id email_address_id created sent key"
    ),
    "sessions.Session": table(
        PEOPLE, "Of the framework; stays empty: our own sessions know whose they are", SHORT,
        technical="session_key session_data expire_date",
    ),
    # --- proof and security
    "audit.Entry": table(
        SAFETY, "Who did or saw what, for which patient", BOOK,
        audit="id at actor_id actor_role verb patient_id object_type object_id path detail before digest",
    ),
    "pghistory.Context": table(
        SAFETY, "Who made a change that a history keeps", RECORD, audit="id created_at updated_at metadata"
    ),
    "axes.AccessAttempt": table(
        SAFETY, "Failed logins, by a digest of the address", SHORT,
        audit="id user_agent ip_address username http_accept path_info attempt_time get_data post_data"
        " failures_since_start",
    ),
    "axes.AccessAttemptExpiration": table(
        SAFETY, "When failed logins are forgotten", SHORT, audit="access_attempt_id expires_at"
    ),
    "axes.AccessFailureLog": table(
        SAFETY, "Of the lockout package; stays empty", SHORT,
        audit="id user_agent ip_address username http_accept path_info attempt_time locked_out",
    ),
    "axes.AccessLog": table(
        SAFETY, "Of the lockout package; stays empty", SHORT,
        audit="id user_agent ip_address username http_accept path_info attempt_time logout_time session_hash",
    ),
    **TEXTS,
    # --- running
    "procrastinate.ProcrastinateJob": table(
        RUNNING, "Work that waits its turn; ids and plain words only", SHORT,
        technical="id queue_name task_name priority lock args status scheduled_at attempts queueing_lock"
        " abort_requested worker_id",
    ),
    "procrastinate.ProcrastinateEvent": table(
        RUNNING, "What became of that work", SHORT, technical="id job_id type at"
    ),
    "procrastinate.ProcrastinatePeriodicDefer": table(
        RUNNING, "When work that repeats was last due", SHORT,
        technical="id task_name defer_timestamp job_id periodic_id",
    ),
    "procrastinate.ProcrastinateWorker": table(
        RUNNING, "Which workers are alive", SHORT, technical="id last_heartbeat"
    ),
    "alerts.Reminder": table(
        CARE, "What a patient is asked to do, and whether it was done", RECORD,
        clinical="words",
        technical="id patient_id key kind template questionnaire path source due_at told_at settled_at outcome",
    ),
    "prescriptions.Prescriber": table(
        PEOPLE, "What stands of a doctor on prescriptions", ACCOUNT,
        identity="given_name surnames qualification college_number speciality", contact="email phone address town",
        technical="user_id changed_at",
    ),
    "prescriptions.Prescription": table(
        CARE, "Prescriptions as they were printed", RECORD,
        clinical="content", technical="id batch patient_id plan_id item_id place issued_by_id issued_at",
    ),
    "prescriptions.Tick": table(
        CARE, "Which doses a patient said were taken", RECORD,
        clinical="taken day part", technical="id item_id patient_id place ticked_at",
    ),
    "prescriptions.Week": table(
        CARE, "Doses due and taken, by weeks of a plan", RECORD,
        clinical="due done not_done", technical="id plan_id patient_id number last_day",
    ),
    "prescriptions.Pharmacy": table(
        CONTENT, "Pharmacies patients may choose", ALWAYS, none="id name address is_active added_at"
    ),
    "prescriptions.PharmacyChoice": table(
        CARE, "Where a patient fetches medicines", RECORD, technical="patient_id pharmacy_id chosen_at"
    ),
    "prescriptions.Renewal": table(
        CARE, "Requests to go on with a medicine, and what a doctor decided", RECORD,
        clinical="verdict check_result doses reason justification runs_out_on until changed",
        technical="id patient_id plan_id item_id state asked_by_id asked_at decided_by_id decided_at",
    ),
    "prescriptions.DispensingOrder": table(
        CARE, "What pharmacies were sent, and how far it came", RECORD,
        clinical="content",
        technical="id renewal_id patient_id pharmacy_id state attempts error due_at ordered_at sent_at received_at"
        " ready_at",
    ),
    "sharing.Share": table(
        CARE, "Which parts of a record its patient opened to whom, and until when", RECORD,
        clinical="sections",
        technical="id patient_id specialist_id opened_at opened_on until taken_back_at",
    ),
    "results.Release": table(
        CARE, "Whether a patient may read a report, and since when", RECORD,
        clinical="abnormal critical",
        technical="report_id patient_id kind state received_at due_at released_by_id visible_at revision",
    ),
    "results.ReferenceRange": table(
        CARE, "The range a laboratory printed beside a value", RECORD, clinical="ends", technical="observation_id"
    ),
    "results.LabFile": table(
        CARE, "A file of results that is being brought in", "Its text until it is in, or a day; the line three months",
        clinical="content units", technical="id asked_by_id asked_at state lines done brought_in",
    ),
    "results.ReleasePolicy": table(
        CONTENT, "When results of a kind may be read by patients", ALWAYS,
        technical="id kind mode days decided_by_id decided_at",
    ),
    "results.Explanation": table(
        CONTENT, "Plain words about an analyte, as a director approved them", ALWAYS,
        technical="id analyte version body_es body_en approved_by_id approved_at",
    ),
    "jobs.Failure": table(
        RUNNING, "Of what kind a fault was that ended a job", "Three months", technical="id job_id task code at"
    ),
    "desk.SavedView": table(
        PEOPLE, "What somebody chose to see in the worklist, under a name", ACCOUNT,
        identity="name name_index", technical="id user_id tab doctor days is_default made_at",
    ),
    "outbox.Message": table(
        RUNNING, "What people are told by mail, and what became of it", "A year after it was sent",
        contact="address recipient",
        technical="id key channel template language link haste due_at state attempts in_doubt error carried_by_id"
        " queued_at sent_at",
    ),
    "auth.Group": table(RUNNING, "Of the framework; stays empty", PRODUCT, none="id name"),
    "auth.Group_permissions": table(
        RUNNING, "Of the framework; stays empty", PRODUCT, none="id group_id permission_id"
    ),
    "auth.Permission": table(
        RUNNING, "Of the framework; grants nothing", PRODUCT, none="id name content_type_id codename"
    ),
    "contenttypes.ContentType": table(RUNNING, "Names of tables", PRODUCT, none="id app_label model"),
}  # fmt: skip
