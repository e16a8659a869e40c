"""The classes in words."""

import json
import re
from pathlib import Path

import pytest

from addon.core.principal import PrincipalClass
from admin_app.class_words import class_words


@pytest.mark.parametrize("kind", PrincipalClass)
def test_every_class_has_words_and_pages_with_a_script_the_same(kind: PrincipalClass) -> None:
    script = Path("admin_app/static/js/queue_words.js").read_text()
    assert class_words(kind.value) != kind.value
    assert re.search(rf"\b{kind.value}: {json.dumps(class_words(kind.value))}", script)


def test_a_class_of_a_later_release_keeps_its_name() -> None:
    assert class_words("robot") == "robot"
