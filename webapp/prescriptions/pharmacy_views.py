"""The pharmacies of the clinic, and orders that did not reach theirs."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from webapp.base import access
from webapp.prescriptions import pharmacy, selectors, services
from webapp.prescriptions.pharmacy_forms import PharmacyForm

REFUSED = 422
keepers = access.may("clinic.manage")


@keepers
@require_http_methods(["GET", "POST"])
def pharmacies(request: HttpRequest) -> HttpResponse:
    """Keep the list of pharmacies."""
    form = PharmacyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        services.keep_pharmacy(actor=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("prescriptions:pharmacies")
    listed = selectors.pharmacies_for(request.user)
    context = {
        "form": form,
        "in_use": [one for one in listed if one.is_active],
        "closed": [one for one in listed if not one.is_active],
        "given_up": list(selectors.given_up_for(request.user)[:50]),
        "carried": pharmacy.adapter() is not None,
    }
    return render(
        request, "prescriptions/pharmacies.html", context, status=REFUSED if request.method == "POST" else 200
    )


@keepers
@require_POST
def close(request: HttpRequest, pharmacy: UUID) -> HttpResponse:
    """Offer a pharmacy no longer."""
    found = get_object_or_404(selectors.pharmacies_for(request.user), pk=pharmacy)
    services.close_pharmacy(pk=found.pk, actor=request.user)
    messages.success(request, _("It is offered no longer."))
    return redirect("prescriptions:pharmacies")


@keepers
@require_POST
def send_again(request: HttpRequest, order: UUID) -> HttpResponse:
    """Let an order that was given up be sent again."""
    if services.send_again(pk=order, actor=request.user):
        messages.success(request, _("The order waits again."))
    else:
        messages.warning(request, _("This order has left meanwhile."))
    return redirect("prescriptions:pharmacies")
