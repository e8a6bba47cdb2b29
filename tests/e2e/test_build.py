"""offstage build and validate, as a developer's shell and CI run them: without a network."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest

from emulator import Emulator, run

ROOT = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Outer:
    Type: AWS::Serverless::Application
    Properties: {Location: sam/outer.yaml}
  Tools:
    Type: AWS::Serverless::LayerVersion
    Metadata: {BuildMethod: makefile}
    Properties: {ContentUri: layer/}
"""
OUTER = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Inner:
    Type: AWS::Serverless::Application
    Properties: {Location: deep/inner.yaml}
"""
INNER = """
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: python3.11, Timeout: 20}}
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: hello
      Handler: app.handler
      Events: {Get: {Type: Api, Properties: {Path: /hello, Method: get}}}
  Same:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: hello, Handler: app.handler}
  Node:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: node, Handler: index.handler, Runtime: nodejs18.x}
  Made:
    Type: AWS::Serverless::Function
    Metadata: {BuildMethod: makefile}
    Properties: {CodeUri: made, Handler: bootstrap, Runtime: provided.al2023}
"""
APP = """
import greeting
def handler(event, context):
    return {"statusCode": 200, "body": greeting.TEXT}
"""


def write(folder, name, text):
    path = pathlib.Path(folder, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.lstrip("\n"))
    return path


class Project(unittest.TestCase):
    """A project with nested stacks, and a machine with one package and no network."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="offstage-build-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name, "project")
        packages = pathlib.Path(temporary.name, "packages")
        write(packages, "greeting/__init__.py", "TEXT = 'hello from a package'\n")
        write(packages, "greeting-1.2.dist-info/METADATA", "Metadata-Version: 2.1\nName: greeting\nVersion: 1.2\n")
        write(packages, "greeting-1.2.dist-info/RECORD",
              "greeting/__init__.py,,\ngreeting-1.2.dist-info/METADATA,,\ngreeting-1.2.dist-info/RECORD,,\n")
        # Nobody listens on port 9: the index cannot be reached, at once.
        self.env = dict(os.environ, PYTHONPATH=str(packages), PIP_INDEX_URL="http://127.0.0.1:9/simple",
                        npm_config_registry="http://127.0.0.1:9")
        self.env.pop("PIP_NO_INDEX", None)
        write(self.folder, "template.yaml", ROOT)
        write(self.folder, "sam/outer.yaml", OUTER)
        write(self.folder, "sam/deep/inner.yaml", INNER)
        write(self.folder, "sam/deep/hello/app.py", APP)
        write(self.folder, "sam/deep/hello/requirements.txt", "greeting>=1.0  # ours\n")
        write(self.folder, "sam/deep/node/index.js", "exports.handler = async () => require('left').side;\n")
        write(self.folder, "sam/deep/node/package.json", '{"name": "n", "dependencies": {"left": "^1.1.0"}}\n')
        write(self.folder, "sam/deep/node/node_modules/left/package.json", '{"name": "left", "version": "1.4.0", '
              '"dependencies": {"right": "*"}}\n')
        write(self.folder, "sam/deep/node/node_modules/left/index.js", "exports.side = require('right');\n")
        write(self.folder, "sam/deep/node/node_modules/right/package.json", '{"name": "right", "version": "0.1.0"}\n')
        write(self.folder, "sam/deep/node/node_modules/unused/package.json", '{"name": "unused", "version": "1.0.0"}\n')
        write(self.folder, "sam/deep/made/Makefile", "build-Made:\n\techo made > $(ARTIFACTS_DIR)/bootstrap\n")
        write(self.folder, "layer/Makefile", "build-Tools:\n\tmkdir -p $(ARTIFACTS_DIR)/bin\n"
              "\techo tool > $(ARTIFACTS_DIR)/bin/tool\n")

    def build(self, *arguments):
        return run("build", *arguments, cwd=self.folder, env=self.env)

    @property
    def built(self):
        return self.folder / ".aws-sam" / "build"

    def test_builds_nested_stacks_from_what_is_installed_and_start_uses_them(self):
        code, out, err = self.build()
        self.assertEqual((code, err), (0, ""), out)
        self.assertIn("Outer/Inner/Hello  (python3.11, pip)", out)
        self.assertRegex(out, r"taken from this machine, as the package index cannot be reached: greeting 1\.2")
        inner = self.built / "Outer" / "Inner"
        self.assertTrue((inner / "Hello" / "greeting" / "__init__.py").is_file())
        self.assertTrue((inner / "Same" / "greeting-1.2.dist-info" / "METADATA").is_file())
        self.assertEqual(sorted(p.name for p in (inner / "Node" / "node_modules").iterdir()), ["left", "right"])
        self.assertEqual((inner / "Made" / "bootstrap").read_text(), "made\n")
        self.assertEqual((self.built / "Tools" / "bin" / "tool").read_text(), "tool\n")
        self.assertEqual(list(self.folder.glob(".aws-sam/*.part")), [])

        root = json.loads((self.built / "template.yaml").read_text())
        self.assertEqual(root["Resources"]["Outer"]["Properties"]["Location"], "Outer/template.yaml")
        self.assertEqual(root["Resources"]["Tools"]["Properties"]["ContentUri"], "Tools")
        template = json.loads((inner / "template.yaml").read_text())
        self.assertEqual(template["Resources"]["Hello"]["Properties"]["CodeUri"], "Hello")

        with Emulator("--in-memory", cwd=self.folder) as emulator:
            self.assertIn("come from .aws-sam/build", emulator.output())
            status, _, body = emulator.get("/hello")
            self.assertEqual((status, body), (200, "hello from a package"))

        changed = self.folder / "sam/deep/hello/app.py"
        later = time.time() + 5
        os.utime(changed, (later, later))
        code, out, _ = run("routes", cwd=self.folder)
        self.assertEqual(code, 0)
        with Emulator("--in-memory", cwd=self.folder) as emulator:
            self.assertIn(".aws-sam/build is not used: sam/deep/hello/app.py is newer", emulator.output())

    def test_what_cannot_be_had_is_named_and_the_old_build_stays(self):
        write(self.folder, ".aws-sam/build/template.yaml", "old\n")
        write(self.folder, "sam/deep/hello/requirements.txt", "greeting>=2\nno-such-package==1.0\n")
        code, _, err = self.build()
        self.assertEqual(code, 1)
        self.assertIn("Outer/Inner/Hello: the package index cannot be reached", err)
        self.assertIn("greeting>=2: version 1.2 is installed", err)
        self.assertIn("no-such-package==1.0: not installed", err)
        self.assertEqual((self.built / "template.yaml").read_text(), "old\n")

    def test_make_results_come_from_the_cache_until_the_code_changes(self):
        write(self.folder, "template.yaml", ROOT.replace("Outer", "Gone").replace("sam/outer.yaml", "sam/none.yaml"))
        first = self.build()[1]
        self.assertRegex(first, r"Tools  \(make\)  \d+ ms")
        self.assertIn("Tools  (make)  from the cache", self.build()[1])
        write(self.folder, "layer/more", "x\n")
        self.assertRegex(self.build()[1], r"Tools  \(make\)  \d+ ms")

    def test_a_failing_makefile_shows_its_output(self):
        write(self.folder, "layer/Makefile", "build-Tools:\n\techo the reason; exit 4\n")
        code, _, err = self.build("--offline")
        self.assertEqual(code, 1)
        self.assertRegex(err, r"(?s)Tools: make build-Tools: exit status 2\n.*the reason")


class Gems(unittest.TestCase):
    @unittest.skipUnless(shutil.which("bundle"), "there is no bundler here")
    def test_gems_of_this_machine_serve_a_build_without_a_network(self):
        temporary = tempfile.TemporaryDirectory(prefix="offstage-gems-")
        self.addCleanup(temporary.cleanup)
        folder = pathlib.Path(temporary.name, "project")
        gems = pathlib.Path(temporary.name, "gems")
        write(gems, "specifications/greeting-1.2.gemspec",
              "Gem::Specification.new { |s| s.name = 'greeting'; s.version = '1.2'; s.summary = 's'; s.authors = ['a'] }\n")
        write(gems, "gems/greeting-1.2/lib/greeting.rb", "TEXT = 'hello from a gem'\n")
        write(folder, "template.yaml", "Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n"
              "    Type: AWS::Serverless::Function\n"
              "    Properties: {CodeUri: src, Handler: app.handler, Runtime: ruby3.2}\n")
        write(folder, "src/app.rb", "def handler(event:, context:) = 1\n")
        write(folder, "src/Gemfile", "source 'https://rubygems.org'\ngem 'greeting', '~> 1.0'\n")
        abi = subprocess.run(["ruby", "-e", "print Gem.path.join(':')"], capture_output=True, text=True, check=True)
        env = dict(os.environ, GEM_PATH=f"{gems}:{abi.stdout}")
        code, out, err = run("build", "--offline", cwd=folder, env=env)
        self.assertEqual(code, 0, out + err)
        self.assertIn("rubygems.org is not asked (--offline): greeting 1.2", out)
        placed = list((folder / ".aws-sam/build/F/vendor/bundle/ruby").glob("*/gems/greeting-1.2/lib/greeting.rb"))
        self.assertEqual(len(placed), 1)
        write(folder, "src/Gemfile", "source 'https://rubygems.org'\ngem 'greeting', '~> 2.0'\n")
        code, _, err = run("build", "--offline", cwd=folder, env=env)
        self.assertEqual(code, 1)
        self.assertRegex(err, r"does not satisfy the requirements: .*greeting")


class Validate(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="offstage-validate-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def test_exit_codes(self):
        fine = "Resources: {Q: {Type: AWS::SQS::Queue}}\n"
        for name, text, arguments, expected in [
                ("fine", fine, [], 0),
                ("warning", "Parameters: {P: {Type: String}}\n" + fine, [], 0),
                ("warning, strict", "Parameters: {P: {Type: String}}\n" + fine, ["--strict"], 1),
                ("error", "Resources: {Q: {Type: AWS::SQS::Queue, Properties: {Nam: x}}}\n", [], 1),
                ("unreadable", "Resources: [\n", [], 2),
                ("no template", "a: b\n", [], 2)]:
            with self.subTest(name):
                write(self.folder, "template.yaml", text)
                code, out, err = run("validate", *arguments, cwd=self.folder)
                self.assertEqual(code, expected, out + err)

    def test_a_circle_of_resources_stops_the_start(self):
        write(self.folder, "template.yaml", "Resources:\n  A: {Type: AWS::SQS::Queue, DependsOn: B}\n"
              "  B: {Type: AWS::SQS::Queue, DependsOn: A}\n")
        code, _, err = run("start", "--in-memory", "--port", "0", "--aws-port", "0", cwd=self.folder)
        self.assertEqual(code, 2)
        self.assertRegex(err, r"template\.yaml:2:\d+: A: circular dependency between resources: \[A, B\]")
        code, out, _ = run("validate", cwd=self.folder)
        self.assertEqual(code, 1)
        self.assertIn("[circular-dependency]", out)

    def test_events_and_routes_that_are_not_emulated_are_listed(self):
        write(self.folder, "template.yaml", """
Transform: AWS::Serverless-2016-10-31
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: "def h(e, c): pass"
      Handler: index.h
      Runtime: python3.12
      Events:
        Get: {Type: Api, Properties: {Path: /a, Method: get}}
        Jobs: {Type: SQS, Properties: {Queue: 'arn:aws:sqs:us-east-1:123456789012:q'}}
  Machine:
    Type: AWS::Serverless::StateMachine
    Properties:
      Definition: {StartAt: A, States: {A: {Type: Pass, End: true}}}
      Events: {Run: {Type: Api, Properties: {Path: /run, Method: post}}}
""")
        out = run("validate", cwd=self.folder)[1]
        self.assertIn("honoured    F.Events.Get  Api\n", out)
        self.assertIn("refused     F.Events.Jobs  SQS  (events of type SQS are not emulated", out)
        self.assertIn("refused     ServerlessRestApi POST /run  (it starts the state machine Machine; ", out)
        fates = json.loads(run("validate", "--format", "json", cwd=self.folder)[1])["fates"]
        self.assertEqual([(f["line"], f["fate"]) for f in fates if f["path"] == "F.Events.Jobs"], [(11, "refused")])

    def test_formats(self):
        write(self.folder, "template.yaml", "Resources:\n  Q: {Type: AWS::SQS::Queue, Properties: {Nam: x}}\n")
        github = run("validate", "--format", "github", cwd=self.folder)[1]
        self.assertTrue(github.startswith("::error file=template.yaml,line=2,col="), github)
        findings = json.loads(run("validate", "--format", "json", cwd=self.folder)[1])["findings"]
        self.assertEqual([(f["rule"], f["line"]) for f in findings], [("unknown-property", 2)])
        sarif = json.loads(run("validate", "--format", "sarif", cwd=self.folder)[1])
        self.assertEqual(sarif["runs"][0]["results"][0]["ruleId"], "unknown-property")
        self.assertFalse((self.folder / ".offstage").exists(), "validate keeps no state")


if __name__ == "__main__":
    unittest.main()
