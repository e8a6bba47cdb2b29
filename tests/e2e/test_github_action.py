"""The reusable GitHub action and the workflow: their `run` blocks as a runner executes them, with the variables that it sets.

What needs GitHub itself (`uses`: the cache, the upload) is not run; what those steps are given is looked at.
"""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from emulator import BINARY, LIMIT_S, SOURCE, Project

try:
    import yaml
except ImportError:
    yaml = None

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.11
      Handler: index.handler
      InlineCode: |
        def handler(event, context):
          return {"statusCode": 200, "body": "hello"}
      Events: {Get: {Type: Api, Properties: {Path: /hello, Method: get}}}
"""
GOOD = "scenarios: [{name: good, steps: [{get: /hello, expect: {status: 200}}]}]\n"
BAD = "scenarios: [{name: bad, steps: [{get: /hello, expect: {status: 201}}]}]\n"


@unittest.skipIf(yaml is None, "needs python3-yaml")
class Action(unittest.TestCase):
    def setUp(self):
        self.project = Project({"backend/template.yml": TEMPLATE, "backend/good/a.scenario.yml": GOOD, "backend/bad/b.scenario.yml": BAD})
        self.addCleanup(self.project.__exit__)
        self.action = yaml.safe_load((SOURCE / ".github/actions/offstage/action.yml").read_text())
        # A checkout of this repository in which the binary was found in the cache.
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="offstage-action-"))
        self.addCleanup(shutil.rmtree, self.root)
        for file in ("CMakeLists.txt", "CMakePresets.json", ".github/actions/offstage/action.yml", "emulator/CMakeLists.txt"):
            (self.root / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(SOURCE / file, self.root / file)
        self.write_tool("scripts/setup", "")
        self.write_tool("bin/cmake", "mkdir -p build/release; cp %s build/release/offstage" % BINARY)
        (self.root / "build/release").mkdir(parents=True)
        (self.root / "build/release/offstage").symlink_to(BINARY)

    def write_tool(self, name, action):
        """A command that notes how it was called."""
        path = self.root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text('#!/bin/bash\necho "%s $*" >> %s/called\n%s\n' % (name, self.root, action))
        path.chmod(0o755)

    def called(self):
        file = self.root / "called"
        return file.read_text().splitlines() if file.exists() else []

    def run_action(self, **inputs):
        """(exit code, output, summary, what each step with an id put out, what `uses` steps are given)."""
        values = {name: str(entry.get("default", "")) for name, entry in self.action["inputs"].items()}
        values.update({name.replace("_", "-"): value for name, value in inputs.items()})
        self.assertEqual(set(values), set(self.action["inputs"]), "an input that the action does not have")
        outputs, used, output, code = {}, [], "", 0
        temp, summary = self.root / "runner-temp", self.root / "summary.md"
        temp.mkdir(exist_ok=True)

        def fill(text):
            def value(match):
                expression = match.group(1).strip()
                if found := re.fullmatch(r"inputs\.([\w-]+)", expression):
                    return values[found.group(1)]
                found = re.fullmatch(r"steps\.([\w-]+)\.outputs\.([\w-]+)", expression)
                self.assertTrue(found, "an expression that this test does not know: " + expression)
                return outputs.get(found.group(1), {}).get(found.group(2), "")
            return re.sub(r"\$\{\{(.*?)\}\}", value, str(text))

        for step in self.action["runs"]["steps"]:
            if code != 0 and step.get("if") != "always()":
                continue
            if "uses" in step:
                used.append((step["uses"], {name: fill(value) for name, value in step["with"].items()}))
                continue
            self.assertNotIn("${{", step["run"], "values must not become part of the script")
            output_file = self.root / "output"
            output_file.write_text("")
            environment = {"PATH": "%s:%s" % (self.root / "bin", os.environ["PATH"]), "HOME": str(self.root), "CI": "true",
                           "GITHUB_ACTIONS": "true", "GITHUB_ACTION_PATH": str(self.root / ".github/actions/offstage"),
                           "GITHUB_OUTPUT": str(output_file), "GITHUB_STEP_SUMMARY": str(summary), "GITHUB_WORKSPACE": str(self.project.folder),
                           "RUNNER_TEMP": str(temp), "RUNNER_OS": "Linux", "RUNNER_ARCH": "X64"}
            environment.update({name: fill(value) for name, value in step.get("env", {}).items()})
            done = subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]], env=environment, text=True,
                                  cwd=self.project.folder / fill(step.get("working-directory", ".")), timeout=LIMIT_S * 2,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            code, output = done.returncode, output + done.stdout
            if "id" in step:
                outputs[step["id"]] = dict(line.split("=", 1) for line in output_file.read_text().splitlines())
        return code, output, summary.read_text() if summary.exists() else "", outputs, used

    def test_suites_that_pass(self):
        code, output, summary, outputs, used = self.run_action(working_directory="backend", paths="good", arguments="--min-route-coverage 100")
        self.assertEqual(code, 0, output)
        self.assertIn("1 scenarios, 1 passed", output)
        self.assertIn("all passed", summary)
        self.assertEqual([name.split("@")[0] for name, _ in used], ["actions/cache", "actions/upload-artifact"])
        self.assertEqual(used[0][1]["path"], str(self.root / "build/release/offstage"))
        self.assertEqual(used[0][1]["key"], outputs["source"]["key"])
        self.assertEqual(sorted(file.name for file in pathlib.Path(used[1][1]["path"]).iterdir()), ["junit.xml", "report.html", "report.json"])
        self.assertEqual(self.called(), ["scripts/setup "])

    def test_suites_that_fail_are_annotated_and_reported(self):
        code, output, summary, _, used = self.run_action(working_directory="backend", paths="good\nbad\n", arguments="--jobs 1\n--in-order")
        self.assertEqual(code, 1, output)
        self.assertRegex(output, r"(?m)^::error file=backend/bad/b\.scenario\.yml,line=\d+")
        self.assertIn("some failed", summary)
        self.assertEqual(used[-1][1]["name"], "offstage-report")
        self.assertTrue((pathlib.Path(used[-1][1]["path"]) / "report.html").exists())

    def test_a_template_elsewhere(self):
        code, output, _, _, _ = self.run_action(template="backend/template.yml", paths="backend/good")
        self.assertEqual(code, 0, output)

    def test_the_binary_is_built_where_the_cache_has_none(self):
        (self.root / "build/release/offstage").unlink()
        code, output, _, outputs, _ = self.run_action(working_directory="backend", paths="good")
        self.assertEqual(code, 0, output)
        self.assertEqual(self.called(), ["scripts/setup ", "bin/cmake --preset release -DOFFSTAGE_TESTS=OFF -DOFFSTAGE_BENCH=OFF",
                                         "bin/cmake --build build/release --target offstage"])
        before = outputs["source"]["key"]
        self.assertRegex(before, r"^offstage-Linux-X64-[0-9a-f]{32}$")
        (self.root / "emulator/new.cc").write_text("")
        self.assertNotEqual(self.run_action(working_directory="backend", paths="good")[3]["source"]["key"], before)


@unittest.skipIf(yaml is None, "needs python3-yaml")
class Workflow(unittest.TestCase):
    def test_what_it_calls_is_there(self):
        workflow = yaml.safe_load((SOURCE / ".github/workflows/ci.yml").read_text())
        action = yaml.safe_load((SOURCE / ".github/actions/offstage/action.yml").read_text())
        presets = re.findall(r'"name": "([\w-]+)"', (SOURCE / "CMakePresets.json").read_text())
        steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
        for script in [step["run"] for step in steps if "run" in step]:
            done = subprocess.run(["bash", "-n", "-c", re.sub(r"\$\{\{.*?\}\}", "x", script)], stderr=subprocess.PIPE, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            for command in re.findall(r"(?m)(?:^|\s)(scripts/[\w-]+)", script):
                self.assertTrue(os.access(SOURCE / command, os.X_OK), command)
            for preset in re.findall(r"--preset (\w+)", script):
                self.assertIn(preset, presets)
        for row in workflow["jobs"]["linux"]["strategy"]["matrix"]["include"]:
            self.assertIn(row["preset"], presets)
        own = [step for step in steps if step.get("uses", "").startswith("./")]
        self.assertEqual([step["uses"] for step in own], ["./.github/actions/offstage"])
        self.assertLessEqual(set(own[0]["with"]), set(action["inputs"]))
        for name in ("template", "paths"):
            self.assertTrue((SOURCE / own[0]["with"][name]).exists())


if __name__ == "__main__":
    unittest.main()
