"""What browsers load is fetched with npm; where that fails, its own words are shown."""

import shutil

import pytest

from tools import assets


def test_where_nothing_can_be_fetched_the_run_ends_with_npms_own_words(tmp_path, monkeypatch):
    for name in ("package.json", "package-lock.json"):
        shutil.copy(assets.ROOT / name, tmp_path)
    monkeypatch.setattr(assets, "ROOT", tmp_path)
    monkeypatch.setattr(assets, "MODULES", tmp_path / "node_modules")
    nowhere = {"registry": "http://127.0.0.1:9/", "fetch_retries": "0", "cache": str(tmp_path / "cache")}
    for name, value in nowhere.items():
        monkeypatch.setenv(f"npm_config_{name}", value)
    with pytest.raises(SystemExit, match=r"(?s)Is the npm registry reachable\?.*ECONNREFUSED"):
        assets.install_packages()
    assert not (tmp_path / "node_modules/installed.sha256").exists()
