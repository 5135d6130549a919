"""Answers of real zc.buildout, in the form of cases/*/expected.json.

Reads one JSON object a line, {"dir": ..., "args": [...], "home": ...}, and
prints the answer for dir/buildout.cfg on a line. Recipes do nothing. Only the
profile language is asked: no extensions, no develop eggs, nothing installed.
"""

import json
import logging
import os
import sys

from zc.buildout import buildout as zc


class NoRecipe:
    def __init__(self, buildout, name, options):
        pass


def steps(traceback):
    """The "While:" lines, which zc.buildout keeps in its stack frames."""
    found = []
    while traceback is not None:
        doing = traceback.tb_frame.f_locals.get("__doing__")
        if isinstance(doing, tuple):
            doing = doing[0] % doing[1:]
        if doing:
            found.append(doing)
        traceback = traceback.tb_next
    return found


def assignments(args):
    for arg in args:
        name, value = arg.split("=", 1)
        section, _, option = name.rpartition(":")
        yield (section or "buildout").strip(), option.strip(), value.strip()


def evaluate(args):
    __doing__ = "Installing."
    buildout = zc.Buildout("buildout.cfg", list(assignments(args)), True, "install", ())
    for part in buildout["buildout"]["parts"].split():
        buildout[part]["recipe"]
    return buildout


def answer(buildout):
    versions = buildout._raw["buildout"]["versions"]
    result = {
        "parts": list(buildout._parts),
        "reached": sorted(set(buildout._data) - {"buildout", versions}),
        "sections": {},
    }
    errors = {}
    for name in list(buildout):
        try:
            options = dict(buildout[name])
        except Exception as e:
            errors[name] = str(e)
            continue
        if name == "buildout":
            options = differing(options, DEFAULTS)
        elif name == versions:
            options = differing(options, VERSIONS)
            if not options:
                continue
        result["sections"][name] = options
    if errors:
        result["section_errors"] = errors
    return result


def differing(options, defaults):
    return {k: v for k, v in options.items() if defaults.get(k) != v}


zc._install_and_load = lambda *args: NoRecipe
# The one default that depends on the machine.
zc._buildout_default_options["executable"] = zc.SectionKey("python3", "DEFAULT_VALUE")
DEFAULTS = {k: v.value for k, v in zc._buildout_default_options.items()}
DEFAULTS["versions"] = "versions"
VERSIONS = {"zc.buildout": ">=3.0.1", "zc.recipe.egg": ">=2.0.6"}


def main():
    logging.disable(logging.CRITICAL)
    for line in sys.stdin:
        question = json.loads(line)
        os.environ["HOME"] = question["home"]
        os.chdir(question["dir"])
        try:
            result = answer(evaluate(question["args"]))
        except Exception as e:
            result = {
                "error": str(e),
                "error_type": type(e).__name__,
                "while": steps(e.__traceback__),
            }
        os.chdir("/")
        print(json.dumps(result), flush=True)


main()
