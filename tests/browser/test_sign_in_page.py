"""The first page everybody meets, narrow and wide."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_sign_in_page_is_accessible_and_asks_nothing_from_elsewhere(visitor, look):
    page = visitor()
    page.goto(reverse("account_login"))
    look(page, "sign-in")


def test_it_works_without_javascript(visitor):
    page = visitor(javascript=False, width=320)
    page.goto(reverse("account_login"))
    assert page.locator("input[name=password]").is_visible()
