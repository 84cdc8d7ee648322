from webapp.base.fields import blind


def test_the_blind_index_ignores_case_and_spaces_and_tells_columns_apart(settings):
    assert blind(" Ana@Example.org", "a.b.c") == blind("ana@example.org", "a.b.c") != blind("ana@example.org", "a.b.d")
