#include "validate/checks.h"

#include <fstream>

#include "base/text.h"

namespace offstage::validate {

const Node& Source::Section(std::string_view name) const {
  static const Node kNone = Node::Map();
  const Node* section = document.root.Find(name);
  return section == nullptr || !section->IsMap() ? kNone : *section;
}

std::string Source::PathOf(std::string_view logical_id) const {
  return path.empty() ? std::string(logical_id) : fmt::format("{}/{}", path, logical_id);
}

void Checks::Add(Severity severity, std::string_view rule, const Position& position, std::string at,
                 std::string message, std::string fix) {
  // The same file may be nested several times.
  for (const Finding& finding : report.findings) {
    if (finding.rule == rule && finding.message == message &&
        finding.position.line == position.line && finding.position.column == position.column &&
        finding.position.Text() == position.Text()) {
      return;
    }
  }
  report.findings.push_back(
      {severity, std::string(rule), position, std::move(at), std::move(message), std::move(fix)});
}

bool IsFunctionCall(const Node& node) {
  if (!node.IsMap() || node.entries().size() != 1) {
    return false;
  }
  const std::string& key = node.entries()[0].key;
  return key == "Ref" || key.rfind("Fn::", 0) == 0 ||
         (key == "Condition" && node.entries()[0].value.IsString());
}

void Walk(const Node& node, const std::function<bool(const Node&)>& visit) {
  if (!visit(node)) {
    return;
  }
  for (const Node& item : node.items()) {
    Walk(item, visit);
  }
  for (const templates::Entry& entry : node.entries()) {
    Walk(entry.value, visit);
  }
}

std::string DidYouMean(std::string_view name, const std::vector<std::string>& candidates) {
  const auto nearest = NearestName(name, candidates);
  return nearest ? fmt::format("did you mean '{}'?", *nearest) : std::string();
}

std::string ReadSmallFile(const std::filesystem::path& file) {
  constexpr std::uintmax_t kLimit = 1024 * 1024;
  std::error_code code;
  if (!std::filesystem::is_regular_file(file, code) ||
      std::filesystem::file_size(file, code) > kLimit || code) {
    return {};
  }
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

}  // namespace offstage::validate
