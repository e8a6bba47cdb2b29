// Packages that a handler imports and nothing brings along. Read line by line from the handler's
// file alone, at its top level alone: what is imported conditionally may be absent on purpose.
#include <algorithm>
#include <set>

#include "base/json.h"
#include "base/text.h"
#include "validate/checks.h"
#include "validate/handler_files.h"

namespace offstage::validate {
namespace {

namespace fs = std::filesystem;
using templates::Function;

struct Import {
  std::string package;
  int line = 0;
};

constexpr std::string_view kPythonLibrary =
    " __future__ _thread abc argparse array ast asyncio atexit base64 bdb binascii bisect builtins "
    "bz2 calendar cmath cmd code codecs codeop collections colorsys compileall concurrent "
    "configparser contextlib contextvars copy copyreg csv ctypes curses dataclasses datetime dbm "
    "decimal difflib dis distutils doctest email encodings ensurepip enum errno faulthandler fcntl "
    "filecmp fileinput fnmatch fractions ftplib functools gc getopt getpass gettext glob graphlib "
    "grp gzip hashlib heapq hmac html http imaplib imghdr imp importlib inspect io ipaddress "
    "itertools json keyword linecache locale logging lzma mailbox mailcap marshal math mimetypes "
    "mmap modulefinder multiprocessing netrc nntplib ntpath numbers opcode operator optparse os "
    "pathlib pdb pickle pickletools pkgutil platform plistlib poplib posix posixpath pprint "
    "profile pstats pty pwd py_compile pyclbr pydoc queue quopri random re readline reprlib "
    "resource rlcompleter runpy sched secrets select selectors shelve shlex shutil signal site "
    "smtplib sndhdr socket socketserver sqlite3 ssl stat statistics string stringprep struct "
    "subprocess sys sysconfig syslog tarfile telnetlib tempfile termios test textwrap threading "
    "time timeit tkinter token tokenize tomllib trace traceback tracemalloc tty types typing "
    "unicodedata unittest urllib uu uuid venv warnings wave weakref webbrowser xml xmlrpc "
    "zipapp zipfile zipimport zlib zoneinfo ";
// Lambda's Python runtimes bring these.
constexpr std::string_view kPythonRuntime =
    " boto3 botocore s3transfer jmespath dateutil six urllib3 awslambdaric simplejson "
    "snapshot_restore_py ";
constexpr std::string_view kNodeLibrary =
    " assert async_hooks buffer child_process cluster console constants crypto dgram "
    "diagnostics_channel dns domain events fs http http2 https inspector module net os path "
    "perf_hooks process punycode querystring readline repl stream string_decoder sys timers tls "
    "trace_events tty url util v8 vm wasi worker_threads zlib ";
// Packages whose import name is not theirs.
constexpr std::pair<std::string_view, std::string_view> kOtherNames[] = {
    {"attr", "attrs"},
    {"bs4", "beautifulsoup4"},
    {"Crypto", "pycryptodome"},
    {"cv2", "opencv"},
    {"dotenv", "python-dotenv"},
    {"git", "gitpython"},
    {"jose", "python-jose"},
    {"jwt", "pyjwt"},
    {"magic", "python-magic"},
    {"MySQLdb", "mysqlclient"},
    {"OpenSSL", "pyopenssl"},
    {"PIL", "pillow"},
    {"skimage", "scikit-image"},
    {"sklearn", "scikit-learn"},
    {"yaml", "pyyaml"},
    {"psycopg2", "psycopg2-binary"},
    {"dateutil", "python-dateutil"},
    {"docx", "python-docx"},
    {"pptx", "python-pptx"},
    {"fitz", "pymupdf"},
    {"faiss", "faiss-cpu"},
    {"pkg_resources", "setuptools"},
    {"telegram", "python-telegram-bot"},
    {"slugify", "python-slugify"},
    {"elasticsearch", "elasticsearch"}};

bool Among(std::string_view list, std::string_view name) {
  return list.find(fmt::format(" {} ", name)) != std::string_view::npos;
}

std::string WordAt(std::string_view line, std::size_t at) {
  std::size_t end = at;
  while (end < line.size() &&
         (std::isalnum(static_cast<unsigned char>(line[end])) != 0 || line[end] == '_')) {
    ++end;
  }
  return std::string(line.substr(at, end - at));
}

std::vector<Import> PythonImports(std::string_view text) {
  std::vector<Import> imports;
  int number = 0;
  bool in_text = false;
  for (const std::string_view line : Split(text, '\n')) {
    ++number;
    std::size_t quotes = 0;
    for (const std::string_view mark : {"\"\"\"", "'''"}) {
      for (std::size_t at = line.find(mark); at != std::string_view::npos;
           at = line.find(mark, at + 3)) {
        ++quotes;
      }
    }
    const bool was_in_text = in_text;
    in_text = (quotes % 2 == 0) ? in_text : !in_text;
    if (was_in_text || quotes != 0) {
      continue;
    }
    if (line.rfind("import ", 0) == 0) {
      for (const std::string_view part : Split(line.substr(7), ',')) {
        imports.push_back({WordAt(Trim(part), 0), number});
      }
    } else if (line.rfind("from ", 0) == 0 && line.find(" import ") != std::string_view::npos) {
      imports.push_back({WordAt(line, 5), number});
    }
  }
  return imports;
}

// "@scope/name" or "name" of what is required; "" for files.
std::string NodePackage(std::string_view specifier) {
  if (specifier.empty() || specifier.front() == '.' || specifier.front() == '/' ||
      specifier.find(':') != std::string_view::npos || specifier.front() == '#') {
    return {};
  }
  const auto parts = Split(specifier, '/');
  return specifier.front() == '@' && parts.size() > 1 ? fmt::format("{}/{}", parts[0], parts[1])
                                                      : std::string(parts[0]);
}

// const x = require('name'), import x from 'name'; lines that start without a blank.
std::vector<Import> NodeImports(std::string_view text) {
  std::vector<Import> imports;
  int number = 0;
  for (const std::string_view line : Split(text, '\n')) {
    ++number;
    const bool top = line.rfind("const ", 0) == 0 || line.rfind("let ", 0) == 0 ||
                     line.rfind("var ", 0) == 0 || line.rfind("import ", 0) == 0;
    if (!top) {
      continue;
    }
    std::size_t at = line.find("require(");
    at = at == std::string_view::npos ? line.rfind("from ") : at + 8;
    if (at == std::string_view::npos) {
      continue;
    }
    const std::size_t quote = line.find_first_of("'\"", at);
    const std::size_t end =
        quote == std::string_view::npos ? quote : line.find(line[quote], quote + 1);
    if (end != std::string_view::npos && quote <= at + 5) {
      const std::string package = NodePackage(line.substr(quote + 1, end - quote - 1));
      if (!package.empty()) {
        imports.push_back({package, number});
      }
    }
  }
  return imports;
}

std::string Normalised(std::string_view name) {
  std::string out = ToLower(name);
  std::replace(out.begin(), out.end(), '_', '-');
  std::replace(out.begin(), out.end(), '.', '-');
  return out;
}

// Whether some requirement may bring the module: by a known other name, or one name in the other.
bool RequirementFits(const std::vector<std::string>& requirements, const std::string& module) {
  std::string wanted = Normalised(module);
  for (const auto& [import, package] : kOtherNames) {
    if (import == module) {
      wanted = std::string(package);
    }
  }
  return std::any_of(requirements.begin(), requirements.end(), [&](const std::string& one) {
    return one.find(wanted) != std::string::npos || wanted.find(one) != std::string::npos;
  });
}

// Null: there is no such file, or one that brings in others.
std::optional<std::vector<std::string>> Requirements(const fs::path& code) {
  const fs::path file = code / "requirements.txt";
  if (!Exists(file)) {
    return std::nullopt;
  }
  std::vector<std::string> names;
  const std::string text = ReadSmallFile(file);
  for (const std::string_view written : Split(text, '\n')) {
    const std::string_view line = Trim(written);
    if (line.empty() || line.front() == '#') {
      continue;
    }
    if (line.front() == '-' || line.find("://") != std::string_view::npos || line.front() == '.') {
      return std::nullopt;
    }
    names.push_back(Normalised(Trim(line.substr(0, line.find_first_of("=<>!~;[ #@")))));
  }
  return names;
}

Position LineOf(const fs::path& file, const Checks& checks, int line) {
  const fs::path shown = file.lexically_proximate(checks.stack.template_file.parent_path());
  return {std::make_shared<const std::string>(shown.string()), line, 1};
}

bool ManifestAbove(fs::path folder, const fs::path& root, std::string_view name) {
  for (int i = 0; i < 20 && folder != root.parent_path() && folder.has_relative_path(); ++i) {
    if (Exists(folder / name)) {
      return true;
    }
    folder = folder.parent_path();
  }
  return false;
}

void CheckPython(Checks& checks, const Function& function, const fs::path& file) {
  const std::string text = ReadSmallFile(file);
  if (text.find("sys.path") != std::string::npos || !function.layers.empty()) {
    return;
  }
  const auto requirements = Requirements(function.code);
  const fs::path root = checks.stack.template_file.parent_path();
  const bool other_manifest = !Exists(function.code / "requirements.txt") &&
                              (ManifestAbove(function.code, root, "requirements.txt") ||
                               ManifestAbove(function.code, root, "Pipfile") ||
                               ManifestAbove(function.code, root, "pyproject.toml"));
  if (other_manifest || (!requirements && Exists(function.code / "requirements.txt"))) {
    return;
  }
  for (const Import& import : PythonImports(text)) {
    const std::string& name = import.package;
    if (name.empty() || Among(kPythonLibrary, name) || Among(kPythonRuntime, name) ||
        Exists(function.code / name) || Exists(function.code / (name + ".py")) ||
        Exists(file.parent_path() / (name + ".py")) || Exists(file.parent_path() / name) ||
        (requirements && RequirementFits(*requirements, name))) {
      continue;
    }
    checks.Add(Severity::kWarning, "import-missing", LineOf(file, checks, import.line),
               function.path,
               fmt::format("{} imports '{}', which {}", file.filename().string(), name,
                           requirements ? "requirements.txt does not list"
                                        : "nothing brings along: there is no requirements.txt"),
               fmt::format("add it to requirements.txt beside the code, or to a layer"));
  }
}

std::optional<std::set<std::string>> NodeDependencies(const fs::path& code) {
  const auto json = ParseJson(ReadSmallFile(code / "package.json"));
  if (!json.ok() || !json->is_object()) {
    return std::nullopt;
  }
  std::set<std::string> names;
  for (const char* key : {"dependencies", "optionalDependencies", "peerDependencies"}) {
    if (json->contains(key) && (*json)[key].is_object()) {
      for (const auto& [name, version] : (*json)[key].items()) {
        names.insert(name);
      }
    }
  }
  return names;
}

int NodeVersion(const Function& function) {
  constexpr std::size_t kPrefix = 6;  // nodejs
  return function.runtime.size() > kPrefix ? std::atoi(function.runtime.c_str() + kPrefix) : 0;
}

// The SDK that the runtime brings: version 2 up to Node.js 16, version 3 from 18 on.
bool RuntimeBrings(const std::string& package, int version) {
  const bool v3 = package.rfind("@aws-sdk/", 0) == 0 || package.rfind("@smithy/", 0) == 0;
  return version >= 18 ? v3 : package == "aws-sdk";
}

void CheckNode(Checks& checks, const Function& function, const fs::path& file) {
  const fs::path root = checks.stack.template_file.parent_path();
  const auto dependencies = NodeDependencies(function.code);
  const bool other_manifest = !dependencies && ManifestAbove(function.code, root, "package.json");
  if (!function.layers.empty() || other_manifest || NodeVersion(function) == 0) {
    return;
  }
  for (const Import& import : NodeImports(ReadSmallFile(file))) {
    const std::string& name = import.package;
    if (Among(kNodeLibrary, name) || RuntimeBrings(name, NodeVersion(function)) ||
        Exists(function.code / "node_modules" / name) ||
        (dependencies && dependencies->count(name) == 1)) {
      continue;
    }
    const bool old_sdk = name == "aws-sdk";
    checks.Add(
        Severity::kWarning, "import-missing", LineOf(file, checks, import.line), function.path,
        old_sdk ? fmt::format("{} requires 'aws-sdk' (version 2), which {} does not bring along",
                              file.filename().string(), function.runtime)
                : fmt::format("{} imports '{}', which {}", file.filename().string(), name,
                              dependencies ? "the dependencies of package.json do not list"
                                           : "nothing brings along: there is no package.json"),
        old_sdk ? "use @aws-sdk/client-*, or add aws-sdk to package.json"
                : "add it to the dependencies of package.json beside the code, or to a layer");
  }
}

}  // namespace

void CheckImports(Checks& checks, const Function& function, const fs::path& handler_file) {
  switch (FamilyOf(function.runtime)) {
    case Family::kPython:
      return CheckPython(checks, function, handler_file);
    case Family::kNode:
      return CheckNode(checks, function, handler_file);
    default:
      return;
  }
}

}  // namespace offstage::validate
