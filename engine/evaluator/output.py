"""A plan as plain data: the documented JSON, and one text that is always the same bytes."""

import json
from collections.abc import Mapping

from engine.facts import Conflict, Mention, Origin
from engine.plan import Coverage, Dose, Item, OpenRule, Plan, Reason, SafetyFinding, ScoreResult

Plain = dict[str, object]


def plan_json(plan: Plan) -> Plain:
    """Return the plan as the documented JSON object (docs/reference/evaluation-json.md)."""
    return {
        "id": plan.id,
        "hypotheses": list(plan.hypotheses),
        "items": [item_json(item) for item in plan.items],
        "urgency": plan.urgency,
        "ask": list(plan.ask),
        "ask_now": list(plan.ask_now),
        "follow_up_days": plan.follow_up_days,
        "scores": {
            name: score_json(result) | {"unconfirmed": list(result.unconfirmed)} for name, result in plan.scores.items()
        },
        "versions": dict(plan.versions),
        "open_rules": [_open(rule) for rule in plan.open_rules],
        "not_proposed": [reason_json(reason) for reason in plan.not_proposed],
        "queries": list(plan.queries),
        "conflicts": [_conflict(each) for each in plan.conflicts],
        "coverage": [_coverage(each) for each in plan.coverage],
        "mentions": [_mention(each) for each in plan.mentions],
        "unconfirmed": list(plan.unconfirmed),
    }


def canonical(plan: Plan) -> str:
    """Return the plan as one line of JSON: sorted keys, no spaces, the same bytes for the same plan."""
    return dumps(plan_json(plan))


def dumps(value: object) -> str:
    """Return JSON with sorted keys and no spaces; NaN is refused, half a character becomes ``?``."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", "replace").decode("utf-8")


def item_json(item: Item) -> Plain:
    first = item.reasons[0]
    return {
        "code": item.code,
        "kind": item.kind,
        "state": item.state,
        "urgency": item.urgency,
        "title": dict(item.title),
        "drugs": list(item.drugs),
        "classes": list(item.classes),
        "protocol": first.protocol,
        "version": first.version,
        "rule": first.rule,
        "why": dict(first.because),
        "reasons": [reason_json(reason) for reason in item.reasons],
        "doses": [_dose(dose) for dose in item.doses],
        "patient_text": dict(item.patient_text),
        "alternatives": list(item.alternatives),
        "safety": [_finding(finding) for finding in item.safety],
        "waiting_for": list(item.waiting_for),
        "after_days": item.after_days,
        "within_days": item.within_days,
        "with": item.with_questionnaire,
        "red_flag": item.red_flag,
        "conflicts": list(item.conflicts),
        "unconfirmed": list(item.unconfirmed),
        "answered_by": list(item.answered_by),
    }


def reason_json(reason: Reason) -> Plain:
    return {
        "protocol": reason.protocol,
        "version": reason.version,
        "rule": reason.rule,
        "file": reason.file,
        "line": reason.line,
        "because": dict(reason.because),
        "source": reason.source,
        "evidence": reason.evidence,
        "review_needed": reason.review_needed,
    }


def score_json(result: ScoreResult) -> Plain:
    """Return a score as the score command prints it, without its id."""
    return {
        "value": result.value,
        "band": result.band,
        "status": result.status,
        "missing": list(result.missing),
        "query": list(result.query),
        "possible_range": None if result.possible_range is None else list(result.possible_range),
    }


def _dose(dose: Dose) -> Plain:
    return {
        "ingredient": dose.ingredient,
        "dose": dose.dose,
        "frequency": dose.frequency,
        "route": dose.route,
        "timing": dict(dose.timing),
        "duration_days": dose.duration_days,
        "daily": dose.daily,
        "unit": dose.unit,
    }


def _finding(finding: SafetyFinding) -> Plain:
    return {
        "subject": finding.subject,
        "severity": finding.severity,
        "truth": finding.truth,
        "because": dict(finding.because),
        "facts": list(finding.facts),
        "source": finding.source,
    }


def _open(rule: OpenRule) -> Plain:
    return {
        "protocol": rule.protocol,
        "rule": rule.rule,
        "waiting_for": list(rule.waiting_for),
        "red_flag": rule.red_flag,
    }


def _mention(mention: Mention) -> Plain:
    return {
        "section": mention.section,
        "start": mention.start,
        "end": mention.end,
        "text": mention.text,
        "fact": mention.fact,
        "code": mention.code or None,
        "kind": mention.kind,
        "also": list(mention.also),
    }


def _coverage(coverage: Coverage) -> Plain:
    return {
        "series": coverage.series,
        "window": coverage.window,
        "days": coverage.days,
        "recorded": coverage.recorded,
        "needed": coverage.needed,
        "missing": list(coverage.missing),
        "open": list(coverage.open),
    }


def _conflict(conflict: Conflict) -> Plain:
    return {"fact": conflict.fact, "first": _origin(conflict.first), "second": _origin(conflict.second)}


def _origin(origin: Origin) -> Mapping[str, object]:
    return {
        "section": origin.section,
        "dated": None if origin.dated is None else origin.dated.isoformat(),
        "given": origin.given,
        "unit": origin.unit,
    }
