#include "validate/report.h"

#include <algorithm>
#include <map>

#include "base/json.h"
#include "base/text.h"

namespace offstage::validate {
namespace {

std::string FileOf(const templates::Position& position, const Report& report) {
  return position.file == nullptr ? report.template_file.filename().string() : *position.file;
}

std::string WithFix(const Finding& finding) {
  return finding.fix.empty() ? finding.message
                             : fmt::format("{}; {}", finding.message, finding.fix);
}

std::string Where(const templates::Position& position, const Report& report) {
  return position.line == 0
             ? FileOf(position, report)
             : fmt::format("{}:{}:{}", FileOf(position, report), position.line, position.column);
}

int CountFates(const Report& report, Outcome outcome) {
  return static_cast<int>(
      std::count_if(report.fates.begin(), report.fates.end(),
                    [outcome](const FateLine& line) { return line.outcome == outcome; }));
}

std::string Summary(const Report& report) {
  const auto count = [](int number, std::string_view one) {
    return fmt::format("{} {}{}", number, one, number == 1 ? "" : "s");
  };
  return fmt::format("{}, {}; emulated here: {} honoured, {} harmless to ignore, {} refused\n",
                     count(report.Count(Severity::kError), "error"),
                     count(report.Count(Severity::kWarning), "warning"),
                     CountFates(report, Outcome::kHonoured), CountFates(report, Outcome::kIgnored),
                     CountFates(report, Outcome::kRefused));
}

// GitHub's workflow commands: what would end a value or a property.
std::string EscapeCommand(std::string text, bool property) {
  text = ReplaceAll(std::move(text), "%", "%25");
  text = ReplaceAll(std::move(text), "\r", "%0D");
  text = ReplaceAll(std::move(text), "\n", "%0A");
  if (property) {
    text = ReplaceAll(std::move(text), ":", "%3A");
    text = ReplaceAll(std::move(text), ",", "%2C");
  }
  return text;
}

Json SarifResult(const Finding& finding, const Report& report) {
  Json region = {{"startLine", std::max(1, finding.position.line)}};
  if (finding.position.column > 0) {
    region["startColumn"] = finding.position.column;
  }
  const std::string_view level = SeverityName(finding.severity);
  Json location = {
      {"physicalLocation",
       {{"artifactLocation", {{"uri", FileOf(finding.position, report)}}}, {"region", region}}}};
  if (!finding.path.empty()) {
    location["logicalLocations"] = Json::array({{{"fullyQualifiedName", finding.path}}});
  }
  return {{"ruleId", finding.rule},
          {"level", level},
          {"message", {{"text", WithFix(finding)}}},
          {"locations", Json::array({std::move(location)})}};
}

}  // namespace

std::string_view SeverityName(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return "error";
    case Severity::kWarning:
      return "warning";
    case Severity::kNote:
      break;
  }
  return "note";
}

std::string_view OutcomeName(Outcome outcome) {
  switch (outcome) {
    case Outcome::kHonoured:
      return "honoured";
    case Outcome::kIgnored:
      return "ignored";
    case Outcome::kRefused:
      return "refused";
    case Outcome::kNotCreated:
      break;
  }
  return "not created";
}

int Report::Count(Severity severity) const {
  return static_cast<int>(
      std::count_if(findings.begin(), findings.end(),
                    [severity](const Finding& finding) { return finding.severity == severity; }));
}

std::string TextReport(const Report& report, bool with_fates) {
  std::string text;
  for (const Finding& finding : report.findings) {
    text += fmt::format(
        "{}: {}: {}{} [{}]\n", Where(finding.position, report), SeverityName(finding.severity),
        finding.path.empty() ? "" : finding.path + ": ", WithFix(finding), finding.rule);
  }
  if (with_fates) {
    text += report.findings.empty() ? "" : "\n";
    for (const FateLine& line : report.fates) {
      text += fmt::format("{:<11} {}{}{}\n", OutcomeName(line.outcome), line.path,
                          line.type.empty() ? "" : "  " + line.type,
                          line.why.empty() ? "" : "  (" + line.why + ")");
    }
    text += "\n";
  }
  return text + Summary(report);
}

std::string JsonReport(const Report& report) {
  OrderedJson findings = OrderedJson::array();
  for (const Finding& finding : report.findings) {
    findings.push_back({{"severity", SeverityName(finding.severity)},
                        {"rule", finding.rule},
                        {"file", FileOf(finding.position, report)},
                        {"line", finding.position.line},
                        {"column", finding.position.column},
                        {"path", finding.path},
                        {"message", finding.message},
                        {"fix", finding.fix}});
  }
  OrderedJson fates = OrderedJson::array();
  for (const FateLine& line : report.fates) {
    fates.push_back({{"fate", OutcomeName(line.outcome)},
                     {"file", FileOf(line.position, report)},
                     {"line", line.position.line},
                     {"path", line.path},
                     {"type", line.type},
                     {"why", line.why}});
  }
  const OrderedJson all = {{"template", report.template_file.string()},
                           {"summary",
                            {{"errors", report.Count(Severity::kError)},
                             {"warnings", report.Count(Severity::kWarning)},
                             {"notes", report.Count(Severity::kNote)}}},
                           {"findings", std::move(findings)},
                           {"fates", std::move(fates)}};
  return all.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

std::string SarifReport(const Report& report, std::string_view version) {
  std::map<std::string, Json> rules;
  Json results = Json::array();
  for (const Finding& finding : report.findings) {
    rules[finding.rule] = {{"id", finding.rule}};
    results.push_back(SarifResult(finding, report));
  }
  Json rule_list = Json::array();
  for (auto& [name, rule] : rules) {
    rule_list.push_back(std::move(rule));
  }
  const Json run = {
      {"tool", {{"driver", {{"name", "offstage"}, {"version", version}, {"rules", rule_list}}}}},
      {"originalUriBaseIds",
       {{"%SRCROOT%", {{"uri", "file://" + report.template_file.parent_path().string() + "/"}}}}},
      {"results", std::move(results)}};
  const Json all = {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                    {"version", "2.1.0"},
                    {"runs", Json::array({run})}};
  return all.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string GithubReport(const Report& report) {
  std::string text;
  for (const Finding& finding : report.findings) {
    const std::string_view command =
        finding.severity == Severity::kNote ? "notice" : SeverityName(finding.severity);
    text += fmt::format(
        "::{} file={},line={},col={},title={}::{}\n", command,
        EscapeCommand(FileOf(finding.position, report), true), std::max(1, finding.position.line),
        std::max(1, finding.position.column), EscapeCommand(finding.rule, true),
        EscapeCommand(finding.path.empty() ? WithFix(finding)
                                           : fmt::format("{}: {}", finding.path, WithFix(finding)),
                      false));
  }
  return text;
}

}  // namespace offstage::validate
