"""The site with the style page in it: only for tests."""
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt

from tests.web.style_page import style_page


@csrf_exempt  # it saves nothing
def show(request: HttpRequest) -> HttpResponse:
    return HttpResponse(style_page(language=get_language(), data=request.POST if request.method == "POST" else None))


urlpatterns = [path("style/", show), path("", include("meldroute.web.urls"))]
