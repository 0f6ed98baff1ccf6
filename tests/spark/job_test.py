"""Tests of the parts of the Spark job that need no Spark running."""

import pathlib
import sys
import tomllib
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "deploy" / "spark"))

import adminline_job as job


class Ids(unittest.TestCase):
    def test_claims(self):
        ids = ["a", "a", "b", "a~2", "a", "a"]
        given = [new for _, new in job.claims(enumerate(ids))]
        # As in src/report/ids.rs.
        self.assertEqual(given, ["a", "a~2", "b", "a~2~2", "a~3", "a~4"])
        self.assertEqual(list(job.base_ids("a~2~3")), ["a~2~3", "a~2", "a"])

    def test_own_id(self):
        for line, wanted in [
            (b'{"id": "a", "text": "b"}', ("a", True)),
            (b' \x1e{"id": 7} \r', ("7", True)),
            (b'{"id": 7.5}', ("7.5", False)),
            (b'{"text": {"id": "a"}}', ("", True)),
            (b'{"id": null}', ("", True)),
            (b'{"id": " "}', ("", True)),
            (b'{"id": "a", "x": 1, "x": 2}', ("a", True)),
            (b'{"id": "a", "id": "b"}', (None, True)),
            (b'{"id": {"a": 1}}', (None, True)),
            (b'{"id": NaN}', (None, True)),
            (b"[1]", (None, True)),
            (b"\xff", (None, True)),
            (b"", (None, True)),
        ]:
            self.assertEqual(job.own_id(line), wanted, line)

    def test_with_id(self):
        for line, wanted in [
            (b'{"text": "b"} \r', b'{"text": "b","id":"x"}'),
            (b"{ }", b'{"id":"x"}'),
            (b'{"id": "", "text": "\xc4\x91"}', b'{"id": "x", "text": "\\u0111"}'),
        ]:
            self.assertEqual(job.with_id(line, "x"), wanted)


class Blocks(unittest.TestCase):
    def test_rivals_are_those_of_the_rules(self):
        rules = tomllib.loads((ROOT / "data/merge/rules.toml").read_text(encoding="utf-8"))
        self.assertEqual([tuple(pair) for pair in rules["rivals"]], job.RIVALS)

    def test_shares_are_even(self):
        share, tasks = job.bins({"a": 9, "b": 5, "c": 4, "d": 1}, 2)
        self.assertEqual((share, tasks), ({"a": 0, "b": 1, "c": 1, "d": 0}, 2))
        self.assertEqual(job.bins({}, 4), ({}, 1))


if __name__ == "__main__":
    unittest.main()
