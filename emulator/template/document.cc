#include "template/document.h"

#include <algorithm>
#include <fstream>

#include "base/text.h"
#include "template/reader.h"

namespace offstage::templates {
namespace {

constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";

bool IsText(std::string_view text) {
  return IsValidUtf8(text) && text.find('\0') == std::string_view::npos;
}

// The first that is no text, from 1.
std::size_t BadLine(std::string_view text) {
  const auto lines = Split(text, '\n');
  const auto bad =
      std::find_if(lines.begin(), lines.end(), [](std::string_view line) { return !IsText(line); });
  return static_cast<std::size_t>(bad - lines.begin()) + 1;
}

Error TooLarge(std::string_view name, const ReadLimits& limits) {
  return {
      fmt::format("{}: the file is larger than {} MB; CloudFormation takes templates of up to 1 MB",
                  name, limits.max_bytes / (1024 * 1024))};
}

}  // namespace

Result<Document> ParseDocument(std::string_view text, std::string_view name,
                               const ReadLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return Fail(TooLarge(name, limits));
  }
  if (text.substr(0, kUtf8Mark.size()) == kUtf8Mark) {
    text.remove_prefix(kUtf8Mark.size());
  }
  if (!IsText(text)) {
    return Fail(Error{
        fmt::format("{}:{}:1: the file is not UTF-8 text; save it as UTF-8", name, BadLine(text))});
  }
  const std::string_view content = Trim(text);
  // A YAML flow map may also start with '{', with unquoted keys: JSON's next sign is '"' or '}'.
  if (!content.empty() && content.front() == '{') {
    const std::string_view rest = Trim(content.substr(1));
    if (!rest.empty() && (rest.front() == '"' || rest.front() == '}')) {
      auto json = ReadJson(text, name, limits);
      // Templates named .json may hold YAML's liberties (trailing commas, comments): YAML decides.
      if (json.ok() || rest.front() == '}') {
        return json;
      }
      auto yaml = ReadYaml(text, name, limits);
      return yaml.ok() ? std::move(yaml) : std::move(json);
    }
  }
  return ReadYaml(text, name, limits);
}

Result<Document> ReadDocument(const std::filesystem::path& file, std::string_view name,
                              const ReadLimits& limits) {
  std::error_code code;
  if (!std::filesystem::is_regular_file(file, code)) {
    return Fail(Error{fmt::format("{}: no such file", name)});
  }
  const std::uintmax_t size = std::filesystem::file_size(file, code);
  if (!code && size > limits.max_bytes) {
    return Fail(TooLarge(name, limits));
  }
  std::ifstream stream(file, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  if (!stream.good() && !stream.eof()) {
    return Fail(Error{fmt::format("{}: cannot be read", name)});
  }
  return ParseDocument(text, name, limits);
}

}  // namespace offstage::templates
