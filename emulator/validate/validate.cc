#include "validate/validate.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <set>

#include "base/text.h"
#include "validate/checks.h"

namespace offstage::validate {
namespace {

namespace fs = std::filesystem;
using templates::Entry;
using templates::Fate;
using templates::LoadOptions;
using templates::Note;
using templates::Stack;

std::string Today() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  return fmt::format("{:04}-{:02}-{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

bool HasTransform(const Node& root, std::string_view name) {
  const Node* transform = root.Find("Transform");
  if (transform == nullptr) {
    return false;
  }
  const auto is_it = [name](const Node& node) { return node.text() == name; };
  return is_it(*transform) ||
         std::any_of(transform->items().begin(), transform->items().end(), is_it);
}

std::string DisplayName(const fs::path& file, const fs::path& root) {
  const fs::path relative = file.lexically_relative(root);
  return !relative.empty() && *relative.begin() != ".." ? relative.string() : file.string();
}

// The root and, where their location is written out, the nested templates below it.
void ReadSources(const fs::path& file, const std::string& path, const LoadOptions& options,
                 const fs::path& root, std::vector<Source>& sources) {
  constexpr std::size_t kMaxSources = 200;
  const bool again = std::any_of(sources.begin(), sources.end(),
                                 [&](const Source& other) { return other.file == file; });
  if (again || sources.size() >= kMaxSources) {
    return;
  }
  auto document = templates::ReadDocument(file, DisplayName(file, root), options.limits);
  if (!document.ok()) {
    return;  // The loader's note says it.
  }
  sources.push_back({path, file, std::move(document).value(), false});
  sources.back().uses_sam =
      HasTransform(sources.back().document.root, "AWS::Serverless-2016-10-31");
  std::vector<std::pair<std::string, fs::path>> nested;
  for (const Entry& resource : sources.back().Section("Resources").entries()) {
    const std::string type = resource.value.TextOf("Type");
    const bool sam = type == "AWS::Serverless::Application";
    if (!sam && type != "AWS::CloudFormation::Stack") {
      continue;
    }
    const Node* location = resource.value.FindPath("Properties", sam ? "Location" : "TemplateURL");
    if (location != nullptr && location->IsString() &&
        location->text().find("://") == std::string::npos) {
      nested.emplace_back(sources.back().PathOf(resource.key),
                          (file.parent_path() / location->text()).lexically_normal());
    }
  }
  for (const auto& [nested_path, nested_file] : nested) {
    ReadSources(nested_file, nested_path, options, root, sources);
  }
}

// What `start` adds to say what it does about it.
std::string WithoutConsequence(std::string message) {
  for (const std::string_view end :
       {"; the resource is left out", "; the event is left out", "; the output is left out",
        " (the property is left out)", "; the route is left out", "; the API is left out"}) {
    if (message.size() > end.size() && message.substr(message.size() - end.size()) == end) {
      message.resize(message.size() - end.size());
    }
  }
  return message;
}

bool SaidAlready(const Report& report, const Note& note) {
  return std::any_of(report.findings.begin(), report.findings.end(), [&](const Finding& finding) {
    return finding.severity == Severity::kError && note.position.line != 0 &&
           finding.position.line == note.position.line &&
           FileNameOf(finding.position) == FileNameOf(note.position);
  });
}

Severity SeverityOf(const Note& note) {
  // With other parameters the condition may hold.
  const bool conditional = note.message.find("its condition does not hold") != std::string::npos;
  return note.fate == Fate::kWarning || conditional ? Severity::kWarning : Severity::kError;
}

std::string_view RuleOf(const Note& note) {
  constexpr std::pair<std::string_view, std::string_view> kRules[] = {
      {"circular dependency", "circular-dependency"},
      {"is already taken by another event", "duplicate-route"},
      {"there is no nested template", "nested-template"},
      {"there is no type", "unknown-type"},
      {"declares no parameter", "unknown-parameter"},
      {"has no authorizer", "authorizer"}};
  for (const auto& [words, rule] : kRules) {
    if (note.message.find(words) != std::string::npos) {
      return rule;
    }
  }
  return "template";
}

// The loader's own notes: what is wrong becomes a finding.
void TakeNotes(Checks& checks) {
  for (const Note& note : checks.stack.notes) {
    const bool wrong = (note.fate == Fate::kRefused && note.reason == templates::Reason::kWrong) ||
                       (note.fate == Fate::kWarning && note.reason != templates::Reason::kNotHere);
    const bool placeholder =
        note.message.find('<') != std::string::npos && note.message.find('>') != std::string::npos;
    if (!wrong || placeholder || SaidAlready(checks.report, note)) {
      continue;
    }
    checks.Add(SeverityOf(note), RuleOf(note), note.position, note.path,
               WithoutConsequence(note.message));
  }
}

void SortFindings(Report& report, const Stack& stack) {
  const auto rank = [&](const Position& position) {
    const std::string name = FileNameOf(position);
    const auto found = std::find_if(stack.files.begin(), stack.files.end(), [&](const fs::path& f) {
      return DisplayName(f, stack.template_file.parent_path()) == name;
    });
    return found - stack.files.begin();
  };
  std::stable_sort(report.findings.begin(), report.findings.end(),
                   [&](const Finding& a, const Finding& b) {
                     return std::make_tuple(rank(a.position), FileNameOf(a.position),
                                            a.position.line, a.position.column) <
                            std::make_tuple(rank(b.position), FileNameOf(b.position),
                                            b.position.line, b.position.column);
                   });
}

}  // namespace

std::string FileNameOf(const Position& position) {
  return position.file == nullptr ? std::string() : *position.file;
}

Result<Report> Validate(const ValidateOptions& options, templates::IdRegistry& ids) {
  LoadOptions load = options.load;
  load.placeholders = true;
  OFFSTAGE_TRY(const Stack stack, templates::LoadStack(load, ids));
  Report report;
  report.template_file = stack.template_file;
  std::vector<Source> sources;
  ReadSources(stack.template_file, "", load, stack.template_file.parent_path(), sources);
  Checks checks{sources, stack, options.today.empty() ? Today() : options.today, report};
  for (const Source& source : sources) {
    CheckReferences(checks, source);
    CheckProperties(checks, source);
    CheckTables(checks, source);
    CheckPolicies(checks, source);
    CheckRoutes(checks, source);
  }
  CheckFunctions(checks);
  TakeNotes(checks);
  ListFates(checks, options.left_out ? options.left_out(stack) : std::vector<Note>());
  SortFindings(report, stack);
  return report;
}

}  // namespace offstage::validate
